import { readFileSync } from 'node:fs';

/** The parts of `process` that only exist on POSIX systems, which is all that a guest runs on. */
type PosixProcess = Required<Pick<NodeJS.Process, 'geteuid' | 'seteuid' | 'setegid' | 'setgroups'>>;

const posix = process as unknown as PosixProcess;

/** Whether this process can act as other users: as root inside a container, but not in a sandbox of a single user. */
export function isRoot(): boolean {
  return posix.geteuid() === 0;
}

/**
 * Runs something synchronous with the rights of that user, and comes back to root's. Root without CAP_DAC_OVERRIDE and CAP_SYS_PTRACE needs it
 * to write where only the user may write, and to see which files the user's processes hold. Nothing else runs in between.
 */
export function actAs<T>(user: { uid: number; gid: number }, action: () => T): T {
  if (!isRoot() || user.uid === 0) return action();
  posix.setegid(user.gid);
  try {
    posix.seteuid(user.uid);
    try {
      return action();
    } finally {
      posix.seteuid(0);
    }
  } finally {
    posix.setegid(0);
  }
}

/**
 * Gives up the groups that came with being root, which commands would inherit. A user namespace of a single user allows nobody to: there
 * they stay, as they were for the user outside.
 */
export function dropGroups(): void {
  if (!isRoot()) return;
  try {
    posix.setgroups([]);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM' || !setgroupsDenied()) throw error;
  }
}

function setgroupsDenied(): boolean {
  return readFileSync('/proc/self/setgroups', 'latin1').trim() === 'deny';
}

/** What a command must be started with in order to run as that user; nothing where this process already is that user. */
export function spawnIds(user: { uid: number; gid: number }): { uid?: number; gid?: number } {
  return isRoot() && user.uid !== 0 ? { uid: user.uid, gid: user.gid } : {};
}
