import { createHash, randomBytes } from 'node:crypto';
import { mkdir, readdir, rename } from 'node:fs/promises';
import path from 'node:path';
import { REASON } from '../../../api/conditions.ts';
import { StalledError } from '../../../errors/reconcile-errors.ts';
import { CommandError, run } from '../../../exec/run.ts';
import { fitted } from './names.ts';

const DIRECTORY = '.trash';
const NAME_MAX = 180;
/** Nothing in it is worth keeping, that has been looked at. */
const CHECKED = '.deleting';

/** The trash of a root, as far as one directory is concerned. Entries say by their names which directory they were. */
export interface Trash {
  /** Moves the directory in, and tells where it is now. */
  take(): Promise<string>;
  /** What was moved in and not yet looked at. */
  unchecked(): Promise<string[]>;
  delete(entry: string): Promise<void>;
  /** Goes on where deleting was cut short. */
  deleteChecked(): Promise<void>;
}

export async function openTrash(root: string, dir: string): Promise<Trash> {
  const trash = path.join(root, DIRECTORY);
  await mkdir(trash, { recursive: true, mode: 0o700 });
  const id = createHash('sha256').update(dir).digest('hex').slice(0, 8);
  const prefix = `${fitted(path.basename(dir), NAME_MAX)}-${id}-`;
  const entries = async (): Promise<string[]> => {
    const names = await readdir(trash);
    return names.filter((name) => name.startsWith(prefix)).map((name) => path.join(trash, name));
  };
  return {
    async take() {
      const entry = path.join(trash, prefix + randomBytes(4).toString('hex'));
      await rename(dir, entry);
      return entry;
    },
    unchecked: async () => (await entries()).filter((entry) => !entry.endsWith(CHECKED)),
    async delete(entry) {
      await rename(entry, entry + CHECKED);
      await deleteTree(entry + CHECKED, dir);
    },
    async deleteChecked() {
      for (const entry of await entries()) if (entry.endsWith(CHECKED)) await deleteTree(entry, dir);
    },
  };
}

const ENV = { PATH: '/usr/local/bin:/usr/bin:/bin', LC_ALL: 'C' };
/** What is mounted somewhere inside is somebody else's. */
const SAME_DEVICE = process.platform === 'linux' ? '--one-file-system' : '-x';

/** rm follows no link on its way, and keeps this process free while it works through a large tree. */
async function deleteTree(tree: string, origin: string): Promise<void> {
  const remove = (): Promise<unknown> => run('rm', ['-rf', SAME_DEVICE, '--', tree], { env: ENV });
  try {
    await remove();
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    await makeWritable(tree);
    await remove().catch((again: unknown) => {
      throw again instanceof CommandError ? notDeleted(tree, origin, again) : again;
    });
  }
}

/** Package managers make directories read-only, where even their owner cannot delete. */
async function makeWritable(tree: string): Promise<void> {
  await run('chmod', ['-R', 'u+rwX', '--', tree], { env: ENV, accept: [0, 1] });
}

function notDeleted(tree: string, origin: string, error: CommandError): StalledError {
  const message = `${origin} held nothing unsaved and was moved to ${tree}, but cannot be deleted (files of another user?); delete it with: sudo rm -rf '${tree}'`;
  return new StalledError(REASON.cloneFailed, message, { cause: error });
}
