import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createWholeDirectory, isThere } from '../../../src/image/whole-directory.ts';

describe('a directory that is made whole or not at all', () => {
  let parent: string;
  let dir: string;

  beforeEach(async () => {
    parent = await mkdtemp(path.join(os.tmpdir(), 'dual-'));
    dir = path.join(parent, 'some/dir');
  });
  afterEach(() => rm(parent, { recursive: true }));

  async function fill(temporary: string, text: string): Promise<string> {
    const made = path.join(temporary, 'made');
    await mkdir(made);
    await writeFile(path.join(made, 'file'), text);
    return made;
  }

  it('is that of whoever is done first', async () => {
    const hare = createWholeDirectory(dir, (temporary) => fill(temporary, 'hare'));
    const tortoise = createWholeDirectory(dir, async (temporary) => {
      const made = await fill(temporary, 'tortoise');
      await hare;
      return made;
    });
    await Promise.all([hare, tortoise]);
    expect(await readFile(path.join(dir, 'file'), 'utf8')).toBe('hare');
    expect(await readdir(path.dirname(dir))).toEqual(['dir']);
  });

  it('is not there while it is made, nor when that fails', async () => {
    const failing = createWholeDirectory(dir, async (temporary) => {
      await fill(temporary, 'half');
      expect(await isThere(dir)).toBe(false);
      throw new Error('no more');
    });
    await expect(failing).rejects.toThrow('no more');
    expect(await readdir(path.dirname(dir))).toEqual([]);
  });
});
