import {
  chmodSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readlinkSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { removeTrees } from '../../../exec/remove-tree.ts';
import { isWithin } from '../mount-rules.ts';
import { NOTHING, TMP_DIRS } from './covers.ts';
import { DEVICE_DIRS, DEVICE_LINKS, DEVICES } from './devices.ts';
import type { Cover, Layout } from './layout.ts';

/**
 * Makes what a sandbox's mounts need in its directory: /run empty, as after a boot, /tmp as it was left. To be called while it does
 * not run. Synchronous where it can be: these are many small steps, each of which takes the kernel less than a turn through a queue.
 */
export async function makeSkeleton(dir: string, layout: Layout): Promise<void> {
  const at = (name: string): string => path.join(dir, name);
  await removeTrees([at('run'), at('local-bin'), at(TMP_DIRS)]);
  for (const name of ['root', 'nowhere', 'covers', 'upper', 'work']) makeDir(at(name), 0o755);
  for (const name of ['tmp', 'var-tmp', 'run/lock']) makeDir(at(name), 0o1777);
  for (const name of ['s', 'bin', 'tools', 'local']) makeDir(at(`run/dual/${name}`), 0o755);
  makeFile(at(NOTHING));
  makeDevices(at('dev'));
  keepLinks(at('run'));
  const covers = [...layout.covers, ...layout.rest].filter((item) => item.kind === 'cover');
  const own = [at('covers'), at(TMP_DIRS)];
  for (const { source, mode = 0o755 } of covers)
    if (own.some((place) => isWithin(source, place))) makeDir(source, mode);
  for (const { cover, target } of layout.mountPoints) await makeMountPoint(cover, target);
}

/**
 * What is inside could write to some of these places, and could have left links that lead elsewhere: none of them is followed.
 */
async function makeMountPoint(cover: Cover, target: string): Promise<void> {
  const names = path
    .relative(cover.target, target)
    .split('/')
    .filter((name) => name !== '');
  const last = names.pop();
  let place = cover.source;
  for (const name of names) {
    place = path.join(place, name);
    await ensureKind(place, true);
  }
  if (last !== undefined) await ensureKind(path.join(place, last), statSync(target).isDirectory());
}

async function ensureKind(place: string, directory: boolean): Promise<void> {
  const there = lstatSync(place, { throwIfNoEntry: false });
  if (there && (directory ? there.isDirectory() : there.isFile())) return;
  await removeTrees([place]);
  if (directory) makeDir(place, 0o755);
  else makeFile(place);
}

function makeDevices(dev: string): void {
  makeDir(dev, 0o755);
  for (const name of DEVICES) makeFile(path.join(dev, name));
  for (const name of DEVICE_DIRS) makeDir(path.join(dev, name), 0o755);
  for (const [name, target] of DEVICE_LINKS) makeLink(target, path.join(dev, name));
}

/** Where a system is put together by links in /run, as on NixOS, programs are found through them. */
function keepLinks(run: string): void {
  const links = readdirSync('/run', { withFileTypes: true }).filter((entry) => entry.isSymbolicLink());
  for (const { name } of links) {
    const target = readlinkSync(path.join('/run', name));
    if (path.isAbsolute(target) && !isWithin(target, '/run')) makeLink(target, path.join(run, name));
  }
}

/** Whatever the umask. */
function makeDir(dir: string, mode: number): void {
  mkdirSync(dir, { recursive: true });
  chmodSync(dir, mode);
}

/** Empty, and nobody's to write. */
function makeFile(file: string): void {
  unlessThere(() => writeFileSync(file, '', { flag: 'wx', mode: 0o444 }));
}

function makeLink(target: string, file: string): void {
  unlessThere(() => symlinkSync(target, file));
}

function unlessThere(make: () => void): void {
  try {
    make();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}
