import { isBranchName } from './names.ts';

/** One line of `git for-each-ref` in {@link REF_FORMAT}. */
export interface Ref {
  /** The ref that it stands for, as `origin/HEAD` does for the default branch. Empty otherwise. */
  target: string;
  /** Whether it is the branch that is checked out. */
  current: boolean;
}

export type Refs = ReadonlyMap<string, Ref>;

export const REF_FORMAT = '%(refname)%00%(symref)%00%(HEAD)';

/** Where the worktree starts. Refs are named as in the new clone, where branches of the source are `refs/remotes/origin/*`. */
export type StartPoint =
  /** The branch is there already. */
  | { kind: 'existing'; ref: string }
  /** The branch is new and starts here. */
  | { kind: 'new'; ref: string }
  /** Not to be told from the refs: `from` may be a commit, or a source without `from` may have no default branch. */
  | { kind: 'unresolved'; from?: string };

export const REMOTE = 'refs/remotes/origin/';

export function parseRefs(output: string): Map<string, Ref> {
  const lines = output.split('\n').filter((line) => line !== '');
  return new Map(
    lines.map((line) => {
      const [name = '', target = '', head = ''] = line.split('\0');
      return [name, { target, current: head === '*' }];
    }),
  );
}

export function chooseStart(refs: Refs, request: { branch: string; from?: string }): StartPoint {
  const existing = `${REMOTE}${request.branch}`;
  if (refs.has(existing)) return { kind: 'existing', ref: existing };
  if (request.from !== undefined) {
    const start = fromRefs(request.from).find((ref) => refs.has(ref));
    return start === undefined ? { kind: 'unresolved', from: request.from } : { kind: 'new', ref: start };
  }
  const standard = refs.get(`${REMOTE}HEAD`)?.target;
  return standard === undefined ? { kind: 'unresolved' } : { kind: 'new', ref: standard };
}

/** The refs that `from` may mean, the likeliest first. `origin/main` is how people write it too. */
function fromRefs(from: string | undefined): string[] {
  if (from === undefined || !isBranchName(from)) return [];
  const remote = from.startsWith('origin/') ? [`refs/remotes/${from}`] : [];
  return [`${REMOTE}${from}`, ...remote, `refs/tags/${from}`];
}
