import { removeTrees } from '../../src/exec/remove-tree.ts';

/**
 * Removes a directory of this user's with all that is in it, also what nobody may open or write: what ran in a machine could shut it.
 * Follows no link, also when another machine puts links there meanwhile. Nothing to do when it is not there.
 * @throws CommandError for what is left
 */
export async function removeDir(dir: string): Promise<void> {
  await removeTrees([dir]);
}
