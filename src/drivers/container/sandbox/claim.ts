import { randomUUID } from 'node:crypto';
import { link, mkdir, rm, rmdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { whileLocked } from './flock.ts';
import { isAlive, ownIdentity, readIdentity } from './process-identity.ts';
import { orAbsent, readIfThere } from './read-file.ts';
import { withTemporary } from './replace-file.ts';

/**
 * Makes the caller the only one that starts that sandbox, also among other processes. A claim whose process is gone does not count.
 * @param file in a directory that is made when it is missing
 * @returns how to let go of it; undefined when another has it
 */
export async function claimStart(file: string): Promise<(() => Promise<void>) | undefined> {
  await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
  // Of this claim alone, since one process may make several, one after the other.
  const text = `${ownIdentity().trim()} ${randomUUID()}\n`;
  const made = await withTemporary(file, { text }, async (temporary) => {
    if (await linked(temporary, file)) return true;
    if (await isClaimed(file)) return false;
    return (await takeOver(temporary, file)) ?? false;
  });
  return made ? () => letGo(file, text) : undefined;
}

async function isClaimed(file: string): Promise<boolean> {
  const holder = await readIdentity(file);
  return holder !== undefined && isAlive(holder);
}

/** One at a time, or the claim that somebody else has just made would be taken for the stale one. */
function takeOver(temporary: string, file: string): Promise<boolean | undefined> {
  const dir = path.dirname(file);
  return whileLocked(dir, async (handle) => {
    // The lock of a directory that has been removed keeps nobody out.
    const [locked, there] = await Promise.all([handle.stat(), orAbsent(stat(dir))]);
    if (locked.ino !== there?.ino || (await isClaimed(file))) return false;
    await rm(file, { force: true });
    return linked(temporary, file);
  });
}

/** With the directory, when nothing came of it. */
async function letGo(file: string, text: string): Promise<void> {
  if ((await readIfThere(file)) === text) await rm(file, { force: true });
  try {
    await rmdir(path.dirname(file));
  } catch (error) {
    if (!['ENOTEMPTY', 'ENOENT'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
  }
}

async function linked(source: string, target: string): Promise<boolean> {
  try {
    await link(source, target);
    return true;
  } catch (error) {
    // ENOENT: the directory has just been removed with what was in it.
    if (['EEXIST', 'ENOENT'].includes((error as NodeJS.ErrnoException).code ?? '')) return false;
    throw error;
  }
}
