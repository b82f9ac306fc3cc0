import { readdir, rmdir, unlink } from 'node:fs/promises';
import path from 'node:path';
import { removeTrees } from '../../../exec/remove-tree.ts';
import type { SandboxFiles } from './files.ts';
import { orAbsent } from './read-file.ts';

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
