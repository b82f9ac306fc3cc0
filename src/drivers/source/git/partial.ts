import { randomBytes } from 'node:crypto';
import { mkdir, readdir, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { undefinedIfGone } from './files.ts';
import { fitted } from './names.ts';

/** Where clones are in the making: beside where they go, so that a rename puts them there. Only this process's own. */
const inUse = new Set<string>();

/** Bytes of a file name, less room for what is added to it here. */
const NAME_MAX = 200;
/** A process id may come back as another process: nothing takes this long (milliseconds). */
const LONGEST = 24 * 60 * 60 * 1000;

/**
 * Gives `work` a fresh path beside `dir`, and removes what is left there afterwards. What calls that died left behind for the
 * same `dir` goes first.
 */
export async function withPartial<T>(dir: string, work: (partial: string) => Promise<T>): Promise<T> {
  const parent = path.dirname(dir);
  await mkdir(parent, { recursive: true });
  await removeLeftovers(dir);
  const partial = path.join(parent, `${prefixOf(dir)}${process.pid}-${randomBytes(4).toString('hex')}`);
  inUse.add(partial);
  try {
    return await work(partial);
  } finally {
    await remove(partial);
    inUse.delete(partial);
  }
}

async function removeLeftovers(dir: string): Promise<void> {
  const parent = path.dirname(dir);
  const prefix = prefixOf(dir);
  for (const name of await readdir(parent)) {
    const leftover = path.join(parent, name);
    if (name.startsWith(prefix) && !(await isInUse(leftover, name.slice(prefix.length)))) await remove(leftover);
  }
}

async function isInUse(partial: string, suffix: string): Promise<boolean> {
  const pid = Number.parseInt(suffix, 10);
  if (pid === process.pid) return inUse.has(partial);
  if (!isAlive(pid)) return false;
  const found = await stat(partial).catch(undefinedIfGone);
  return found !== undefined && Date.now() - found.mtimeMs < LONGEST;
}

function prefixOf(dir: string): string {
  return `.${fitted(path.basename(dir), NAME_MAX)}.partial-`;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** The git of a call that died may still write into it for a moment. */
async function remove(directory: string): Promise<void> {
  await rm(directory, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
}
