import { readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs';
import path from 'node:path';
import { actAs } from './identity.ts';
import type { ListeningSocket } from './proc-net.ts';

export interface Owner {
  pid: number;
  /** As in /proc/PID/comm, or the program's name where that tells nothing. */
  process: string;
}

/** Looks that often for the owner of a socket that has none to be seen, each time at the cost of a walk through /proc. */
const MAX_TRIES = 5;

/** What newer versions of Node call themselves. */
const MEANINGLESS = 'MainThread';

/** Who holds which listening socket. Remembers, since finding out means to look at the open files of every process. */
export function createPortOwners(): (sockets: ListeningSocket[]) => Map<string, Owner> {
  let owners = new Map<string, Owner>();
  let tries = new Map<string, number>();

  return (sockets) => {
    const known = new Map<string, Owner>();
    const unknown = new Map<string, ListeningSocket>();
    for (const socket of sockets) {
      const pid = owners.get(socket.inode)?.pid;
      // Looked up each time: programs set their name after they have begun to listen.
      const process = pid === undefined ? undefined : commandName(pid);
      if (pid !== undefined && process !== undefined) known.set(socket.inode, { pid, process });
      else if ((tries.get(socket.inode) ?? 0) < MAX_TRIES) unknown.set(socket.inode, socket);
    }
    tries = new Map(sockets.map(({ inode }) => [inode, (tries.get(inode) ?? 0) + (unknown.has(inode) ? 1 : 0)]));
    owners = new Map([...known, ...(unknown.size > 0 ? findOwners(unknown) : [])]);
    return owners;
  };
}

function findOwners(sockets: Map<string, ListeningSocket>): Map<string, Owner> {
  const uids = new Set([...sockets.values()].map((socket) => socket.uid));
  const found = new Map<string, Owner>();
  for (const pid of processes()) {
    if (found.size === sockets.size) break;
    const held = heldBy(pid, uids).filter((inode) => sockets.has(inode) && !found.has(inode));
    for (const inode of held) found.set(inode, { pid, process: commandName(pid) ?? '' });
  }
  return found;
}

function processes(): number[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return pids.map(Number).filter((pid) => pid !== process.pid);
}

/** Inodes of the sockets that a process of one of these users holds. A process that is gone, or not to be looked into, holds none. */
function heldBy(pid: number, uids: Set<number>): string[] {
  return (
    ifThere(() => {
      const directory = `/proc/${pid}`;
      const { uid, gid } = statSync(directory);
      if (!uids.has(uid)) return [];
      return actAs({ uid, gid }, () => socketsIn(`${directory}/fd`));
    }) ?? []
  );
}

function socketsIn(directory: string): string[] {
  const links = readdirSync(directory).map((fd) => ifThere(() => readlinkSync(`${directory}/${fd}`)));
  return links.flatMap((link) => /^socket:\[(\d+)\]$/.exec(link ?? '')?.[1] ?? []);
}

function commandName(pid: number): string | undefined {
  const name = ifThere(() => readFileSync(`/proc/${pid}/comm`, 'utf8').trimEnd());
  return (name === MEANINGLESS && programName(pid)) || name;
}

/** Of the first argument, which is a program's path or its name. */
function programName(pid: number): string | undefined {
  const [program = ''] = ifThere(() => readFileSync(`/proc/${pid}/cmdline`, 'utf8'))?.split('\0') ?? [];
  return path.basename(program);
}

function ifThere<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ESRCH' || code === 'EACCES' || code === 'EPERM') return undefined;
    throw error;
  }
}
