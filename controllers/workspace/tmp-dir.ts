import type { Stats } from 'node:fs';
import { chmod, lstat, mkdir, readFile } from 'node:fs/promises';
import { REASON } from '../../src/api/conditions.ts';
import { StalledError } from '../../src/errors/reconcile-errors.ts';
import type { Log } from '../../src/log/log.ts';
import { removeDir } from './remove-dir.ts';

// It lies in a directory in which everybody may make files, links too: what has its name is taken for it only when it is a directory of
// this user's. The sticky bit of /tmp keeps others from putting anything in the place of that.

const PRIVATE = 0o700;

/** Whether a Workspace's directory for temporary files is there, as it has to be: of that user, and for nobody else. */
export async function isTmpDir(dir: string, uid: number): Promise<boolean> {
  const stats = await look(dir);
  return stats !== undefined && isOwnDirectory(stats, uid) && isPrivate(stats);
}

/** Makes it, or closes it to others. @throws StalledError NameTaken when something else has its name */
export async function ensureTmpDir(dir: string, uid: number): Promise<void> {
  const stats = (await look(dir)) ?? (await make(dir));
  if (!isOwnDirectory(stats, uid)) {
    const whose = stats.isDirectory() ? `a directory of user ${stats.uid}` : 'no directory';
    const message = `${dir} is for the temporary files of this workspace, and what is there is ${whose}: remove or rename it`;
    throw new StalledError(REASON.nameTaken, message);
  }
  if (!isPrivate(stats)) await chmod(dir, PRIVATE);
}

/** Removes it with all that is in it. What is not this user's stays, and so does what something is mounted in: that would be emptied too. */
export async function removeTmpDir(dir: string, { uid, log }: { uid: number; log: Log }): Promise<void> {
  const stats = await look(dir);
  if (!stats || !isOwnDirectory(stats, uid)) return;
  try {
    if (await holdsMounts(dir)) throw new Error(`something is mounted in ${dir}`);
    await removeDir(dir);
  } catch (error) {
    // The next boot empties /tmp: nothing has to wait for this.
    log.warn({ dir, err: error }, 'a directory for temporary files is left');
  }
}

async function look(dir: string): Promise<Stats | undefined> {
  try {
    return await lstat(dir);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** @returns what has the name then, be it this directory or what somebody else was quicker with */
async function make(dir: string): Promise<Stats> {
  try {
    await mkdir(dir, { mode: PRIVATE });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  return lstat(dir);
}

function isOwnDirectory(stats: Stats, uid: number): boolean {
  return stats.isDirectory() && stats.uid === uid;
}

function isPrivate(stats: Stats): boolean {
  return (stats.mode & 0o777) === PRIVATE;
}

async function holdsMounts(dir: string): Promise<boolean> {
  try {
    return (await readFile('/proc/self/mountinfo', 'utf8')).includes(` ${dir}/`);
  } catch (error) {
    // No Linux, where this file is.
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
}
