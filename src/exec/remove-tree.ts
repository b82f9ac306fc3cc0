import { lstatSync } from 'node:fs';
import { CommandError, run } from './run.ts';

const ENV = { PATH: '/usr/bin:/bin:/usr/local/bin:/run/current-system/sw/bin', LC_ALL: 'C' };
/** Known to the `rm` of Linux only. */
const ONE_FILE_SYSTEM = process.platform === 'linux' ? ['--one-file-system'] : [];

/**
 * Removes files and directories with all that is in them, also what nobody may open or write. Follows no link, not even one that takes the
 * place of a directory meanwhile: `rm` goes from directory to directory by open files, where `fs.rm` goes by paths. Nothing to do for what
 * is not there. @throws CommandError for what is left, such as files of another user
 */
export async function removeTrees(trees: string[]): Promise<void> {
  const there = trees.filter((tree) => lstatSync(tree, { throwIfNoEntry: false }) !== undefined);
  if (there.length === 0) return;
  const remove = (): Promise<unknown> => run('rm', ['-rf', ...ONE_FILE_SYSTEM, '--', ...there], { env: ENV });
  try {
    await remove();
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    await run('chmod', ['-R', 'u+rwX', '--', ...there], { env: ENV, accept: [0, 1] });
    await remove();
  }
}
