import { chmod, chown, mkdir, mkdtemp, readdir, rm, stat, symlink, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { removeDir } from '../../../controllers/workspace/remove-dir.ts';

/** Root may open everything, so that it has to be somebody else; when the tests run as an ordinary user anyway, that one. */
const UID = process.getuid?.() || 54_321;

describe('removing a directory', () => {
  const self = process.getuid?.() ?? 0;
  let root: string;
  beforeEach(async () => {
    root = await mkdtemp(path.join(os.tmpdir(), 'dual-'));
    await chown(root, UID, -1);
    process.seteuid?.(UID);
  });
  afterEach(async () => {
    process.seteuid?.(self);
    await rm(root, { recursive: true });
  });

  it('takes away what was shut inside, and follows no link out', async () => {
    const dir = path.join(root, 'shared');
    const outside = path.join(root, 'outside');
    await mkdir(path.join(dir, 'a/b'), { recursive: true });
    await mkdir(outside, { mode: 0o500 });
    await writeFile(path.join(dir, 'a/b/file'), '');
    await symlink(outside, path.join(dir, 'a/link'));
    for (const name of ['a/b', 'a', '.']) await chmod(path.join(dir, name), 0);
    await removeDir(dir);
    expect(await readdir(root)).toEqual(['outside']);
    expect((await stat(outside)).mode & 0o777).toBe(0o500);
  });

  it('has nothing to do when there is none', async () => {
    await removeDir(path.join(root, 'none'));
    expect(await readdir(root)).toEqual([]);
  });
});
