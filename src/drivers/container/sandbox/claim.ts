import { randomUUID } from 'node:crypto';
import { link, mkdir, rm, rmdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { isAlive, ownIdentity, readIdentity } from './process-identity.ts';

/**
 * Makes the caller the only one that starts that sandbox, also among other processes. A claim whose process is gone does not count.
 * @param file in a directory that is made when it is missing
 * @returns how to let go of it; undefined when another has it
 */
export async function claimStart(file: string): Promise<(() => Promise<void>) | undefined> {
  await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
  const temporary = `${file}.${randomUUID()}`;
  await writeFile(temporary, ownIdentity(), { mode: 0o600 });
  try {
    if (!(await linked(temporary, file))) {
      const holder = await readIdentity(file);
      if (holder && isAlive(holder)) return undefined;
      await rm(file, { force: true });
      if (!(await linked(temporary, file))) return undefined;
    }
    return () => letGo(file);
  } finally {
    await rm(temporary, { force: true });
  }
}

/** With the directory, when nothing came of it. */
async function letGo(file: string): Promise<void> {
  await rm(file, { force: true });
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
