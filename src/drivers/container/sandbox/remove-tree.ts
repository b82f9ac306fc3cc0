import { lstatSync } from 'node:fs';
import { readdir, rmdir, unlink } from 'node:fs/promises';
import path from 'node:path';
import { CommandError, run } from '../../../exec/run.ts';
import type { SandboxFiles } from './files.ts';
import { orAbsent } from './read-file.ts';

const ENV = { PATH: '/usr/bin:/bin:/usr/local/bin:/run/current-system/sw/bin', LC_ALL: 'C' };

/**
 * Removes a sandbox's directory. The point on which its tree was mounted goes first and by itself: should anything ever be mounted
 * there, that must not be taken for the sandbox's. Its record goes last, so that what is cut short is taken up again.
 */
export async function removeSandboxDir({ dir, spec }: Pick<SandboxFiles, 'dir' | 'spec'>): Promise<void> {
  await orAbsent(rmdir(path.join(dir, 'root')));
  const entries = (await orAbsent(readdir(dir))) ?? [];
  const first = entries.filter((entry) => entry !== path.basename(spec));
  await removeTrees(first.map((entry) => path.join(dir, entry)));
  await removeTrees([dir]);
}

/** As removeTrees; quicker where there is one file at most, as in a directory that was shared with a guest. */
export async function removeTree(tree: string): Promise<void> {
  try {
    const entries = (await orAbsent(readdir(tree))) ?? [];
    if (entries.length === 1) await unlink(path.join(tree, ...entries));
    await orAbsent(rmdir(tree));
  } catch {
    // Something is in the way, which is told when that cannot be removed either.
    await removeTrees([tree]);
  }
}

/**
 * Removes files and directories with all that is in them, also what nobody may open or write. Follows no link. Nothing to do for what is
 * not there. @throws CommandError for what is left, such as files of another user
 */
export async function removeTrees(trees: string[]): Promise<void> {
  const there = trees.filter((tree) => lstatSync(tree, { throwIfNoEntry: false }) !== undefined);
  if (there.length === 0) return;
  const remove = (): Promise<unknown> => run('rm', ['-rf', '--one-file-system', '--', ...there], { env: ENV });
  try {
    await remove();
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    await run('chmod', ['-R', 'u+rwX', '--', ...there], { env: ENV, accept: [0, 1] });
    await remove();
  }
}
