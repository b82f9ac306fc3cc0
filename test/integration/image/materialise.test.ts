import { mkdir, mkdtemp, readFile, readlink, rm, stat, symlink, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ContextEntry } from '../../../src/image/context.ts';
import { materialise } from '../../../src/image/tools/materialise.ts';

describe('a build context as a directory', () => {
  let dir: string;
  let source: string;
  let root: string;

  beforeEach(async () => {
    dir = await mkdtemp(path.join(os.tmpdir(), 'dual-'));
    source = path.join(dir, 'source');
    root = path.join(dir, 'root');
    await mkdir(path.join(source, 'deep/er'), { recursive: true });
    await mkdir(root);
    await writeFile(path.join(source, 'plain'), 'plain', { mode: 0o644 });
    await writeFile(path.join(source, 'deep/er/program'), 'program', { mode: 0o755 });
    await writeFile(path.join(source, 'deep/script'), 'script', { mode: 0o644 });
  });
  afterEach(() => rm(dir, { recursive: true }));

  const place = (entries: ContextEntry[], signal?: AbortSignal): Promise<void> =>
    materialise(entries, { root, base: 'tool', ...(signal && { signal }) });
  const look = async (file: string): Promise<{ ino: number; mode: number }> => {
    const { ino, mode } = await stat(path.join(dir, file));
    return { ino, mode: mode & 0o777 };
  };

  it('links files, and copies those that need another mode', async () => {
    const executable = new Set(['deep/script']);
    await place([{ kind: 'tree', root: source, to: 'tool/lib', executable, without: new Set(['gone']) }]);
    expect(await look('root/lib/plain')).toEqual(await look('source/plain'));
    expect(await look('root/lib/deep/er/program')).toEqual(await look('source/deep/er/program'));
    expect((await look('root/lib/deep/script')).mode).toBe(0o755);
    expect((await look('source/deep/script')).mode).toBe(0o644);
    expect(await readFile(path.join(root, 'lib/deep/script'), 'utf8')).toBe('script');
  });

  it('takes the entries that are named, and leaves out what is to be left out', async () => {
    await place([
      { kind: 'tree', root: source, to: 'tool', entries: ['deep/script'] },
      { kind: 'tree', root: source, to: 'tool/lib', without: new Set(['deep']) },
    ]);
    expect((await look('root/deep/script')).mode).toBe(0o644);
    await expect(stat(path.join(root, 'plain'))).rejects.toThrow('ENOENT');
    await expect(stat(path.join(root, 'lib/deep'))).rejects.toThrow('ENOENT');
    expect(await look('root/lib/plain')).toEqual(await look('source/plain'));
  });

  it('makes links and files', async () => {
    await place([
      { kind: 'hardlink', path: 'tool/lib/same', target: 'tool/lib/plain' },
      { kind: 'symlink', path: 'tool/bin/plain', target: '../lib/plain' },
      { kind: 'file', path: 'tool/etc/text', content: 'text' },
      { kind: 'tree', root: source, to: 'tool/lib' },
    ]);
    expect(await look('root/lib/same')).toEqual(await look('root/lib/plain'));
    expect(await readlink(path.join(root, 'bin/plain'))).toBe('../lib/plain');
    expect(await readFile(path.join(root, 'etc/text'), 'utf8')).toBe('text');
  });

  it('writes over nothing, not through a link either, and never beside its root', async () => {
    await symlink('../source/plain', path.join(root, 'text'));
    await expect(place([{ kind: 'file', path: 'tool/text', content: 'other' }])).rejects.toThrow('EEXIST');
    expect(await readFile(path.join(source, 'plain'), 'utf8')).toBe('plain');
    await expect(place([{ kind: 'file', path: 'tool/../../out', content: '' }])).rejects.toThrow('outside');
    await expect(place([{ kind: 'tree', root: source, to: 'other' }])).rejects.toThrow('outside');
  });

  it('stops when it is told to', async () => {
    const tree: ContextEntry = { kind: 'tree', root: source, to: 'tool' };
    await expect(place([tree], AbortSignal.abort(new Error('enough')))).rejects.toThrow('enough');
  });

  it('copies to another file system', async ({ skip }) => {
    const elsewhere = await mkdtemp('/dev/shm/dual-').catch(() => skip('there is no /dev/shm'));
    try {
      if ((await stat(elsewhere)).dev === (await stat(source)).dev) skip('/dev/shm is the same file system');
      const tree: ContextEntry = { kind: 'tree', root: source, to: 'tool' };
      await materialise([tree], { root: elsewhere, base: 'tool' });
      expect((await stat(path.join(elsewhere, 'deep/er/program'))).mode & 0o777).toBe(0o755);
      expect(await readFile(path.join(elsewhere, 'plain'), 'utf8')).toBe('plain');
    } finally {
      await rm(elsewhere, { recursive: true });
    }
  });
});
