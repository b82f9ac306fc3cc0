import { chmod, lstat, mkdir } from 'node:fs/promises';
import path from 'node:path';
import { listDirectory } from './list-directory.ts';

/** A directory in which programs keep their sockets, as the host has it. */
export interface SocketDir {
  path: string;
  /** Permission bits, the sticky bit among them. */
  mode: number;
  uid: number;
  gid: number;
}

/** Directories directly in /tmp that hold sockets and are known by name, whatever is in them just now; TMPDIR of workspaces at last. */
const NAMES = new RegExp(
  `^(?:${[
    ...['\\.(?:X11|ICE|XIM|font|Test)-unix', '\\.esd-\\d+', '\\.wine-\\d+'],
    ...['tmux-\\d+', 'u?screens', 'zellij-\\d+', 'emacs\\d+'],
    ...['(?:ssh|gpg|dbus|pulse|keyring|orbit|ksocket|kde)-[A-Za-z0-9]+', 'vscode-.*'],
    'w-[0-9a-f]{8}',
  ].join('|')})$`,
);

/** Of all names that are in /tmp, so many are looked at. */
const ENTRIES = 50_000;

/** Those of a machine's own need them, and could not make them there; the mode is what every system gives them. */
const SHARED_BY_ALL = ['.X11-unix', '.ICE-unix'];

/** Who starts tmux later would else have the socket in sight of every machine. */
function ownNames(uid: number): [name: string, mode: number][] {
  return [...SHARED_BY_ALL.map((name): [string, number] => [name, 0o1777]), [`tmux-${uid}`, 0o700]];
}

/** Makes those that have to be there, where they are missing. */
export async function makeSocketDirs(tmp: string, uid: number): Promise<void> {
  for (const [name, mode] of ownNames(uid)) await makeDir(path.join(tmp, name), mode);
}

/** Directories alone: a link by such a name is none. */
export async function socketDirs(tmp: string): Promise<SocketDir[]> {
  const entries = await listDirectory(tmp, ENTRIES);
  const named = entries.filter((entry) => entry.isDirectory() && NAMES.test(entry.name));
  const found = await Promise.all(named.map(({ name }) => describe(path.join(tmp, name))));
  return found.filter((dir) => dir !== undefined);
}

async function describe(dir: string): Promise<SocketDir | undefined> {
  try {
    const stats = await lstat(dir);
    return stats.isDirectory() ? { path: dir, mode: stats.mode & 0o7777, uid: stats.uid, gid: stats.gid } : undefined;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

async function makeDir(dir: string, mode: number): Promise<void> {
  try {
    await mkdir(dir, { mode });
    // Whatever the umask.
    await chmod(dir, mode);
  } catch (error) {
    // Something has the name, or nothing can be made there: then it is not covered, which is no reason not to start.
    if (!['EEXIST', 'EACCES', 'EPERM', 'EROFS', 'ENOSPC'].includes((error as NodeJS.ErrnoException).code ?? ''))
      throw error;
  }
}
