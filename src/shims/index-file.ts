/** Name of the file that tells which directory of shims belongs to which worktree. */
export const INDEX_FILE = 'index';

export interface IndexEntry {
  /** Links in its directories resolved. */
  worktree: string;
  dir: string;
}

/** Lines of "WORKTREE<TAB>DIR". A path that does not fit into one is left out: nothing would find its way by it. Pure. */
export function renderIndex(entries: readonly IndexEntry[]): string {
  return entries
    .filter(({ worktree, dir }) => !/[\t\n]/.test(`${worktree}${dir}`))
    .map(({ worktree, dir }) => `${worktree}\t${dir}\n`)
    .sort()
    .join('');
}

/** The directory of shims for a directory, as a real path: of the innermost worktree that it is in. Pure. */
export function findInIndex(text: string, directory: string): IndexEntry | undefined {
  return text
    .split('\n')
    .map((line) => line.split('\t'))
    .filter((parts): parts is [string, string] => parts.length === 2)
    .map(([worktree, dir]) => ({ worktree, dir }))
    .filter(({ worktree }) => directory === worktree || directory.startsWith(`${worktree}/`))
    .sort((a, b) => b.worktree.length - a.worktree.length)[0];
}
