import { REASON } from '../api/conditions.ts';
import { StalledError } from '../errors/reconcile-errors.ts';

/** Name of the file that says whose shims a directory holds. */
export const WORKSPACE_FILE = 'workspace';

/** Lists are words without spaces, apart from the paths and the arguments. */
export interface WorkspaceFile {
  name: string;
  /** Links in its directories resolved. */
  worktree: string;
  /** Where the command server answers. */
  socket: string;
  /** As Node calls it: x64 or arm64. */
  arch: string;
  /** Real paths that the machine has too, beside the worktree. */
  visible: readonly string[];
  /** Names from `spec.commands`. */
  container: readonly string[];
  host: readonly string[];
  table: readonly string[];
  local: readonly string[];
  stay: readonly string[];
  agents: readonly string[];
  /** Names of variables that panes have from the Project. */
  env: readonly string[];
  /** Where Dual's own words go. */
  log: string;
  /** Program and arguments that run the `dual` CLI. */
  dual: readonly string[];
  index: string;
  /** What the links point to. */
  shim: string;
  /** The run of the machine that they were made for. */
  machine: string;
}

const SEPARATORS: Partial<Record<keyof WorkspaceFile, string>> = { visible: ':', dual: '\t' };

/** Lines of "key value", as src/shims/shim.pl reads them. Pure. @throws StalledError for what cannot be written so */
export function renderWorkspaceFile(content: WorkspaceFile): string {
  const lines = (Object.keys(content) as (keyof WorkspaceFile)[]).map((key) => {
    const value = content[key];
    const separator = SEPARATORS[key] ?? ' ';
    const items = typeof value === 'string' ? [value] : [...value];
    const isList = typeof value !== 'string';
    const unfit = items.find((item) => item.includes('\n') || (isList && item.includes(separator)));
    if (unfit !== undefined) throw unwritable(key, unfit);
    return `${key} ${items.join(separator)}\n`;
  });
  return lines.join('');
}

function unwritable(key: string, value: string): StalledError {
  const message = `commands cannot be routed with ${JSON.stringify(value)} as ${key}: rename it, or use another directory`;
  return new StalledError(REASON.shimsUnavailable, message);
}

/** A value of such a file; undefined when it has none of that key. Pure. */
export function valueIn(text: string, key: keyof WorkspaceFile): string | undefined {
  const line = text.split('\n').find((candidate) => candidate.startsWith(`${key} `));
  return line?.slice(key.length + 1);
}
