import { randomUUID } from 'node:crypto';
import { chmodSync, constants, lstatSync, openSync, renameSync, rmSync } from 'node:fs';
import type { Server } from 'node:http';
import path from 'node:path';
import type { User } from '../../drivers/container/driver.ts';
import { actAs, isRoot } from './identity.ts';

/**
 * Binds the server to its socket, as the user who owns the shared directory, and shuts that directory off from the machine's commands: they run
 * as the same user, so the directory above it is closed to everybody but root. @throws Error when it cannot be bound
 * @returns that directory, open: for who has to make another socket in it later
 */
export function listenPrivately(server: Server, socket: string, user: User): number {
  const parent = path.dirname(path.dirname(socket));
  const canSeal = isRoot() && user.uid !== 0 && isOwn(parent);
  if (canSeal) chmodSync(parent, 0o711);
  const umask = process.umask(0o177);
  try {
    return actAs(user, () => {
      makeRoom(socket);
      // Binds before it returns; only the event comes later.
      server.listen(socket);
      return openSync(path.dirname(socket), constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW);
    });
  } finally {
    process.umask(umask);
    if (canSeal) chmodSync(parent, 0o700);
  }
}

/** Commands that run as this same user may have shut the directory, or put something else in the socket's place. */
function makeRoom(socket: string): void {
  const parent = path.dirname(socket);
  const { mode } = lstatSync(parent);
  if ((mode & 0o700) !== 0o700) chmodSync(parent, mode | 0o700);
  // Aside, since a directory may hold what cannot be removed.
  if (lstatSync(socket, { throwIfNoEntry: false })?.isDirectory()) renameSync(socket, `${socket}-${randomUUID()}`);
  else rmSync(socket, { force: true });
}

/** Whether it is a directory made for the guest alone, and not, say, /tmp. */
function isOwn(directory: string): boolean {
  const { uid, mode } = lstatSync(directory);
  return uid === 0 && (mode & 0o1000) === 0 && path.dirname(directory) !== '/';
}
