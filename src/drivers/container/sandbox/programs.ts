import path from 'node:path';
import { findProgram as findInDirs } from '../../../exec/find-program.ts';

/** Of util-linux: what a sandbox is made with. Names of variables in its scripts too. */
export const NEEDED = ['unshare', 'setpriv', 'mount', 'umount', 'pivot_root', 'flock', 'prlimit'] as const;

/** What can switch the loopback interface on, best first. */
export const LOOPBACK = ['ip', 'ifconfig', 'busybox', 'perl', 'python3'] as const;

/** What can give a sandbox a host name. */
export const HOSTNAME = ['hostname', 'busybox', 'python3'] as const;

/** The system's own come before whatever a user's PATH has under these names. */
const SYSTEM = '/usr/sbin:/usr/bin:/sbin:/bin:/usr/local/sbin:/usr/local/bin:/run/current-system/sw/bin';

/** Where programs are looked for, in the form of PATH. */
export function searchPath(userPath: string | undefined): string {
  return userPath ? `${SYSTEM}:${userPath}` : SYSTEM;
}

/** Absolute path of the first executable of that name. */
export function findProgram(name: string, search: string): string | undefined {
  return findInDirs(
    name,
    {},
    search.split(':').filter((dir) => path.isAbsolute(dir)),
  );
}

/** The first of those names that is there. */
export function firstFound<T extends string>(names: readonly T[], search: string): T | undefined {
  return names.find((name) => findProgram(name, search) !== undefined);
}
