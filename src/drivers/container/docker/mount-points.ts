import type { Stats } from 'node:fs';
import { lstat, mkdir, realpath, rmdir, unlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { HostConfig } from 'dockerode';
import { REASON } from '../../../api/conditions.ts';
import { RetryError } from '../../../errors/reconcile-errors.ts';
import { isWithin } from '../mount-rules.ts';
import { NOTHING } from './mount-settings.ts';
import { TMP } from './tmp-mounts.ts';

/** Where something of the host's /tmp is covered. */
export interface MountPoint {
  /** On the host. */
  file: string;
  directory: boolean;
}

/** What was covered there is gone, and nothing can be made in its place: the container cannot be started as it is. */
export class MountPointError extends RetryError {
  constructor(file: string, options?: ErrorOptions) {
    super(REASON.containerFailed, `${file} was covered in the container, and something else is there now`, options);
  }
}

/** Those of a container: an engine makes the missing ones in the host's /tmp, as root's. Parents first. */
export async function mountPoints({ Mounts = [], Tmpfs = {} }: HostConfig): Promise<MountPoint[]> {
  if (!Mounts.some((mount) => mount.Target === TMP)) return [];
  const root = await realpath(TMP);
  const covers = Mounts.filter((mount) => mount.Type === 'tmpfs' || mount.Source === NOTHING);
  const binds = Mounts.filter((mount) => mount.Target !== TMP && !covers.includes(mount));
  const all = [
    ...covers.map((mount) => ({ target: mount.Target, directory: mount.Type === 'tmpfs' })),
    ...Object.keys(Tmpfs).map((target) => ({ target, directory: true })),
  ];
  const inTmp = all.filter(
    ({ target }) => isWithin(target, TMP) && !binds.some((mount) => isWithin(target, mount.Target)),
  );
  const points = inTmp.map(({ target, directory }) => ({
    file: path.join(root, path.relative(TMP, target)),
    directory,
  }));
  return points.sort((a, b) => a.file.length - b.file.length);
}

/** Does what needs them: they are made where they are missing, and taken away again. @throws MountPointError */
export async function withMountPoints<T>(points: MountPoint[], work: () => Promise<T>): Promise<T> {
  const root = await realpath(TMP);
  const made: string[] = [];
  const sockets: string[] = [];
  try {
    for (const { file, directory } of points) {
      const parents = parentsOf(file, root);
      for (const dir of parents) await ensureDirectory(dir, made, root);
      if (directory) await ensureDirectory(file, made, root);
      else if (await ensureFile(file, made, root)) sockets.push(file);
    }
    return await work();
  } finally {
    for (const file of made.reverse()) await removeEmpty(file);
    // One that went just before: the engine has made a file of that name.
    for (const file of sockets) if ((await look(file))?.isFile() === true) await removeEmpty(file);
  }
}

function parentsOf(file: string, root: string): string[] {
  const dir = path.dirname(file);
  return dir === root || dir === '/' ? [] : [...parentsOf(dir, root), dir];
}

async function ensureDirectory(dir: string, made: string[], root: string): Promise<void> {
  const there = await look(dir);
  if (there && !there.isDirectory()) throw new MountPointError(dir);
  if (there) return;
  await making(dir, root, () => mkdir(dir, { mode: 0o700 }));
  made.push(dir);
}

/** @returns whether a socket is there */
async function ensureFile(file: string, made: string[], root: string): Promise<boolean> {
  const there = await look(file);
  if (there?.isDirectory() === true || there?.isSymbolicLink() === true) throw new MountPointError(file);
  if (there) return there.isSocket();
  await making(file, root, () => writeFile(file, '', { flag: 'wx', mode: 0o600 }));
  made.push(file);
  return false;
}

/** Not in a directory of another user's, who could put a link in its place meanwhile. */
async function making(file: string, root: string, make: () => Promise<unknown>): Promise<void> {
  const parent = path.dirname(file);
  const own = parent === root || (await look(parent))?.uid === process.getuid?.();
  if (!own) throw new MountPointError(file);
  try {
    await make();
  } catch (error) {
    throw new MountPointError(file, { cause: error });
  }
}

async function look(file: string): Promise<Stats | undefined> {
  try {
    return await lstat(file);
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return undefined;
    throw error;
  }
}

async function removeEmpty(file: string): Promise<void> {
  const there = await look(file);
  try {
    if (there?.isDirectory() === true) await rmdir(file);
    else if (there?.isFile() === true && there.size === 0) await unlink(file);
  } catch {
    // Somebody uses the name by now, or it is not ours to remove: what is left is empty.
  }
}
