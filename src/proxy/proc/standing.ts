import path from 'node:path';
import { linkIfThere } from './files.ts';
import { parentOf } from './processes.ts';

/** Which workspace a process belongs to, by where it or an ancestor of it stands. Each is looked at once. */
export interface Standing {
  /** By its own working directory alone. */
  own(pid: string): string | undefined;
  /** By its own or else the nearest ancestor's. */
  of(pid: string): string | undefined;
}

/** Generations; more than any tree of processes that somebody made on purpose. */
const MAX_DEPTH = 64;

export function createStanding(procDir: string, directories: ReadonlyMap<string, string>): Standing {
  const own = once((pid) => {
    const cwd = linkIfThere(path.join(procDir, pid, 'cwd'));
    return cwd === undefined ? undefined : workspaceIn(cwd, directories);
  });
  const parent = once((pid) => parentOf(path.join(procDir, pid)));
  return {
    own,
    of(pid) {
      let at: string | undefined = pid;
      // The first process stands for nobody: whoever has lost a parent is handed to it.
      for (let depth = 0; depth < MAX_DEPTH && at !== undefined && Number(at) > 1; depth += 1) {
        const workspace = own(at);
        if (workspace !== undefined) return workspace;
        at = parent(at);
      }
      return undefined;
    },
  };
}

const REMOVED = / \(deleted\)$/;

/** Of the innermost clone that this directory is in. One that was removed counts by where it was. */
function workspaceIn(cwd: string, directories: ReadonlyMap<string, string>): string | undefined {
  const found = innermost(cwd, directories);
  return found === undefined && REMOVED.test(cwd) ? innermost(cwd.replace(REMOVED, ''), directories) : found;
}

function innermost(dir: string, directories: ReadonlyMap<string, string>): string | undefined {
  for (let at = dir; ; at = path.dirname(at)) {
    const workspace = directories.get(at);
    if (workspace !== undefined || at === path.dirname(at)) return workspace;
  }
}

function once<T>(look: (pid: string) => T): (pid: string) => T {
  const seen = new Map<string, T>();
  return (pid) => {
    const before = seen.get(pid);
    if (before !== undefined || seen.has(pid)) return before as T;
    const result = look(pid);
    seen.set(pid, result);
    return result;
  };
}
