import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RELEVANT_FILES } from '../../../src/image/detect.ts';
import { fingerprint, readRepoFiles } from '../../../src/image/read-files.ts';

describe("reading a repo's files", () => {
  let root: string;
  let worktree: string;

  beforeEach(async () => {
    root = await mkdtemp(path.join(os.tmpdir(), 'dual-'));
    worktree = path.join(root, 'repo');
    await mkdir(worktree);
  });
  afterEach(() => rm(root, { recursive: true }));

  const put = (name: string, text: string): Promise<void> => writeFile(path.join(worktree, name), text);
  const read = (): Promise<Map<string, string>> => readRepoFiles(worktree, RELEVANT_FILES);

  it('reads what is there, and of lock files no more than the head', async () => {
    await put('.nvmrc', '22\n');
    await put('pnpm-lock.yaml', "lockfileVersion: '9.0'\n".padEnd(1_000_000, 'x'));
    const files = await read();
    expect([...files.keys()].sort()).toEqual(['.nvmrc', 'pnpm-lock.yaml']);
    expect(files.get('pnpm-lock.yaml')).toHaveLength(4096);
  });

  it('follows a link inside the worktree, and none out of it', async () => {
    await put('version', '22\n');
    await symlink('version', path.join(worktree, '.nvmrc'));
    await writeFile(path.join(root, 'secret'), 'secret');
    await symlink('../secret', path.join(worktree, '.node-version'));
    await symlink('nowhere', path.join(worktree, 'yarn.lock'));
    expect(Object.fromEntries(await read())).toEqual({ '.nvmrc': '22\n' });
  });

  it('does not wait for a pipe, and takes a directory for nothing', async () => {
    execFileSync('mkfifo', [path.join(worktree, '.nvmrc')]);
    await mkdir(path.join(worktree, 'package.json'));
    expect(await read()).toEqual(new Map());
  });

  it('refuses a version file of absurd size', async () => {
    await put('.nvmrc', '2'.repeat(70_000));
    await expect(read()).rejects.toMatchObject({ reason: 'UnknownVersion' });
    await expect(read()).rejects.toThrow('.nvmrc');
  });

  it('has another fingerprint whenever a file changes', async () => {
    const seen = new Set([await fingerprint(worktree, RELEVANT_FILES)]);
    await put('.nvmrc', '22');
    seen.add(await fingerprint(worktree, RELEVANT_FILES));
    await put('.nvmrc', '20');
    seen.add(await fingerprint(worktree, RELEVANT_FILES));
    await rm(path.join(worktree, '.nvmrc'));
    seen.add(await fingerprint(worktree, RELEVANT_FILES));
    expect(seen.size).toBe(3);
  });
});
