import { realpath, rename } from 'node:fs/promises';
import path from 'node:path';
import { REASON } from '../../../api/conditions.ts';
import { StalledError } from '../../../errors/reconcile-errors.ts';
import type { UnsavedWork } from '../driver.ts';
import { exists, undefinedIfGone } from './files.ts';
import type { Reading } from './observe.ts';
import { openTrash } from './trash.ts';
import type { Trash } from './trash.ts';
import { findUnsaved } from './unsaved.ts';

type Removal = { removed: true } | { removed: false; work: UnsavedWork };

/**
 * Looks, moves to the trash, looks again (something may have been written meanwhile), and only then deletes. A call that died in
 * between is taken up by the next one for the same `dir`.
 * @throws StalledError CloneFailed when `dir` is outside of `root`, or when this user may not delete what is in it.
 */
export async function removeClone(reading: Reading, dir: string, root: string): Promise<Removal> {
  if (!(await isWithin(dir, root))) return { removed: true };
  const trash = await openTrash(root, dir);
  await trash.deleteChecked();
  for (const entry of await trash.unchecked()) {
    const left = await deleteOrPutBack(reading, { trash, entry, dir });
    if (left) return left;
  }
  if (!(await exists(dir))) return { removed: true };
  const work = await findUnsaved(reading, dir);
  if (work.summary !== '') return { removed: false, work };
  const entry = await trash.take();
  return (await deleteOrPutBack(reading, { trash, entry, dir })) ?? { removed: true };
}

async function deleteOrPutBack(
  reading: Reading,
  { trash, entry, dir }: { trash: Trash; entry: string; dir: string },
): Promise<Removal | undefined> {
  const work = await findUnsaved(reading, entry);
  if (work.summary === '') {
    await trash.delete(entry);
    return undefined;
  }
  if (await exists(dir)) return { removed: false, work: { ...work, summary: `${work.summary}, kept in ${entry}` } };
  await rename(entry, dir);
  return { removed: false, work };
}

/** False when there is nothing that could be within. Where links lead is what counts. */
async function isWithin(dir: string, root: string): Promise<boolean> {
  const [parent, top] = await Promise.all([resolved(path.dirname(path.resolve(dir))), resolved(root)]);
  if (parent === undefined || top === undefined) return false;
  const relative = path.relative(top, path.join(parent, path.basename(dir)));
  const [first] = relative.split(path.sep);
  if (relative === '' || first === '..' || path.isAbsolute(relative)) {
    throw new StalledError(REASON.cloneFailed, `${dir} is not removed: it is outside of ${root}`);
  }
  return true;
}

async function resolved(directory: string): Promise<string | undefined> {
  return realpath(directory).catch(undefinedIfGone);
}
