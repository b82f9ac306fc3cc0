import path from 'node:path';
import { linkIfThere } from './files.ts';
import type { Pace } from './pace.ts';
import { eachSocket, processIds } from './processes.ts';
import { createStanding } from './standing.ts';

/** Real absolute paths of clones, to the names of their workspaces. */
export type Directories = ReadonlyMap<string, string>;

/** Which of these sockets, by their inodes, a process of a workspace has open. */
export type Search = (
  wanted: ReadonlySet<string>,
  directories: Directories,
  pace: Pace,
) => Promise<Map<string, string>>;

/** Processes that had a socket before; a browser opens a handful for each page. */
const MAX_LIKELY = 16;

/**
 * Searches the processes of workspaces only: where a process stands is told much faster than what it has open. Those that had a
 * socket before come first, then those that stand in a clone themselves.
 */
export function createSearch(procDir: string): Search {
  const likely = new Set<string>();
  return async (wanted, directories, pace) => {
    const found = new Map<string, string>();
    const standing = createStanding(procDir, directories);
    const network = networkOf('self');

    /** @returns whether that was the last one */
    async function look(pid: string, workspace: string | undefined): Promise<boolean> {
      if (workspace !== undefined)
        await eachSocket(path.join(procDir, pid), pace, (inode) => take(inode, pid, workspace));
      if (pace.isDue()) await pace.rest();
      return found.size === wanted.size;
    }
    function take(inode: string, pid: string, workspace: string): boolean {
      if (wanted.has(inode)) {
        found.set(inode, workspace);
        remember(likely, pid);
      }
      return found.size === wanted.size;
    }

    // What runs in a machine stands in the clone too, under the same path, but is on another loopback.
    const isHere = (pid: string): boolean => networkOf(pid) === network;
    const others: string[] = [];
    if (wanted.size === 0) return found;
    for (const pid of [...likely]) if (isHere(pid) && (await look(pid, standing.of(pid)))) return found;
    for (const pid of processIds(procDir).filter(isHere)) {
      const workspace = standing.own(pid);
      if (workspace === undefined) others.push(pid);
      if (await look(pid, workspace)) return found;
    }
    for (const pid of others) if (await look(pid, standing.of(pid))) return found;
    return found;
  };

  function networkOf(pid: string): string | undefined {
    return linkIfThere(path.join(procDir, pid, 'ns/net'));
  }
}

function remember(likely: Set<string>, pid: string): void {
  likely.delete(pid);
  likely.add(pid);
  const [oldest = ''] = likely;
  if (likely.size > MAX_LIKELY) likely.delete(oldest);
}
