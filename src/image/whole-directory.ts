import { mkdir, mkdtemp, readdir, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';

/** Milliseconds after which a half-made directory has no owner any more. */
const ABANDONED_AFTER = 60 * 60_000;

/**
 * Makes `dir` whole or not at all. `fill` gets an empty temporary directory beside it, and gives back the part of that which is to
 * become `dir`. Whoever is done first wins, other processes included; what the others have made is thrown away.
 */
export async function createWholeDirectory(dir: string, fill: (temporary: string) => Promise<string>): Promise<void> {
  const parent = path.dirname(dir);
  await mkdir(parent, { recursive: true });
  await removeAbandoned(parent);
  const temporary = await mkdtemp(path.join(parent, '.tmp-'));
  try {
    await moveIntoPlace(await fill(temporary), dir);
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

/** Whether something is there under that name. */
export async function isThere(target: string): Promise<boolean> {
  return (await stat(target).catch(absent)) !== undefined;
}

async function moveIntoPlace(from: string, to: string): Promise<void> {
  try {
    await rename(from, to);
  } catch (error) {
    // Another process was quicker, with the same contents.
    if (!['ENOTEMPTY', 'EEXIST'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
  }
}

async function removeAbandoned(parent: string): Promise<void> {
  for (const entry of await readdir(parent)) {
    if (!entry.startsWith('.tmp-')) continue;
    const full = path.join(parent, entry);
    const stats = await stat(full).catch(absent);
    if (stats && Date.now() - stats.mtimeMs > ABANDONED_AFTER) await rm(full, { recursive: true, force: true });
  }
}

function absent(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error;
  return undefined;
}
