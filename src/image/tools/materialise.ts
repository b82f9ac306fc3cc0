import { constants } from 'node:fs';
import { chmod, copyFile, link, mkdir, readdir, stat, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { ContextEntry } from '../context.ts';

export interface MaterialiseOptions {
  /** An existing directory that gets the entries. */
  root: string;
  /** The part of the entries' paths that `root` stands for. */
  base: string;
  signal?: AbortSignal;
}

type Tree = Extract<ContextEntry, { kind: 'tree' }>;

/**
 * The same files as in a build context, as a directory. Files of trees are shared with where they come from by hard links, as far as
 * the file system allows that; nothing there is changed. Nothing that exists is written over.
 * @throws the signal's reason
 */
export async function materialise(entries: ContextEntry[], options: MaterialiseOptions): Promise<void> {
  // Hard links are to files of the trees.
  const trees = entries.filter((entry) => entry.kind === 'tree');
  for (const tree of trees) {
    for (const entry of tree.entries ?? ['']) await placeTree(tree, entry, options);
  }
  for (const entry of entries) if (entry.kind !== 'tree') await placeEntry(entry, options);
}

/** One of the tree's files or directories, by its name relative to the tree. */
async function placeTree(tree: Tree, name: string, options: MaterialiseOptions): Promise<void> {
  options.signal?.throwIfAborted();
  if (tree.without?.has(name)) return;
  const source = path.join(tree.root, name);
  const target = inside(options, path.posix.join(tree.to, name));
  const stats = await stat(source);
  if (!stats.isDirectory()) {
    await mkdir(path.dirname(target), { recursive: true });
    const wanted = (tree.executable?.has(name) ?? false) || isExecutable(stats.mode);
    return placeFile(source, target, wanted === isExecutable(stats.mode) ? undefined : 0o755);
  }
  await mkdir(target, { recursive: true });
  for (const child of await readdir(source)) await placeTree(tree, path.posix.join(name, child), options);
}

async function placeEntry(entry: Exclude<ContextEntry, Tree>, options: MaterialiseOptions): Promise<void> {
  const target = inside(options, entry.path);
  await mkdir(path.dirname(target), { recursive: true });
  if (entry.kind === 'file') return writeFile(target, entry.content, { flag: 'wx' });
  if (entry.kind === 'symlink') return symlink(entry.target, target);
  return placeFile(inside(options, entry.target), target, undefined);
}

/** What a file system answers that has no hard links, or none from there to here. */
const NO_LINKS = ['EXDEV', 'EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK'];

/** With another mode it has to be a copy: links share theirs. */
async function placeFile(source: string, target: string, mode: number | undefined): Promise<void> {
  if (mode === undefined) {
    try {
      return await link(source, target);
    } catch (error) {
      if (!NO_LINKS.includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
    }
  }
  await copyFile(source, target, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
  if (mode !== undefined) await chmod(target, mode);
}

function isExecutable(mode: number): boolean {
  return (mode & 0o100) !== 0;
}

function inside({ root, base }: MaterialiseOptions, entry: string): string {
  const target = path.join(root, path.posix.relative(base, entry));
  if (target !== root && !target.startsWith(root + path.sep)) throw new Error(`${entry} lies outside of ${base}`);
  return target;
}
