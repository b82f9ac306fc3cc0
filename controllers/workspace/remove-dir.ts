import { chmod, lstat, readdir, rm } from 'node:fs/promises';
import path from 'node:path';

/**
 * Removes a directory of this user's with all that is in it, also what nobody may open or write: what ran in a machine could shut it.
 * To be called when nothing runs there any more. Follows no link. Nothing to do when it is not there.
 */
export async function removeDir(dir: string): Promise<void> {
  try {
    await rm(dir, { recursive: true, force: true });
  } catch (error) {
    if (!['EACCES', 'EPERM', 'ENOTEMPTY'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
    await open(dir);
    await rm(dir, { recursive: true, force: true });
  }
}

async function open(dir: string): Promise<void> {
  if (!(await lstat(dir)).isDirectory()) return;
  await chmod(dir, 0o700);
  for (const entry of await readdir(dir)) await open(path.join(dir, entry));
}
