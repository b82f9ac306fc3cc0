import { chmod, chown, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { SourceDriver } from '../../src/drivers/source/driver.ts';
import { createGitDriver } from '../../src/drivers/source/git/git.ts';
import { openTrash } from '../../src/drivers/source/git/trash.ts';
import { silentLog } from '../../src/log/log.ts';
import { createGitSandbox } from '../support/git-repo.ts';
import type { GitSandbox } from '../support/git-repo.ts';

describe('work in a git clone', () => {
  let sandbox: GitSandbox;
  let driver: SourceDriver;
  let source: string;
  let root: string;
  let dir: string;

  beforeEach(async () => {
    sandbox = await createGitSandbox();
    driver = createGitDriver({ env: () => Promise.resolve(sandbox.env), log: silentLog });
    source = await sandbox.createRepo('source', { 'README.md': 'hello\n', 'a.txt': '1\n2\n3\n' });
    root = sandbox.at('workspaces');
    dir = path.join(root, 'app', 'feat');
  });
  afterEach(() => sandbox.remove());

  const clone = (): Promise<void> =>
    driver.ensure(
      {
        workspace: 'app-feat',
        project: 'app',
        source: { path: source, depth: 0, submodules: false },
        branch: 'feat',
        dir,
      },
      { signal: new AbortController().signal, onProgress: () => undefined },
    );
  const inClone = (...args: string[]): Promise<string> => sandbox.git(dir, ...args);
  const summary = async (): Promise<string> => (await driver.unsaved(dir)).summary;

  describe('that counts as unsaved', () => {
    beforeEach(clone);

    it('is a commit without a branch', async () => {
      await inClone('checkout', '-q', '--detach');
      await sandbox.commit(dir, 'detached', { 'b.txt': '' });
      expect(await summary()).toBe('1 unpushed commit');
    });

    it('is a commit on another branch, under a tag made here, or in a note', async () => {
      await inClone('switch', '-q', '-c', 'other');
      await sandbox.commit(dir, 'one', { 'b.txt': '' });
      await inClone('switch', '-q', 'feat');
      await inClone('checkout', '-q', '--detach');
      await sandbox.commit(dir, 'two', { 'c.txt': '' });
      await inClone('tag', 'keep');
      await inClone('switch', '-q', 'feat');
      expect(await summary()).toBe('2 unpushed commits');
      await inClone('notes', 'add', '-m', 'note');
      expect(await summary()).toBe('3 unpushed commits');
    });

    it('is what is checked out in a linked worktree', async () => {
      await inClone('worktree', 'add', '-q', '--detach', sandbox.at('linked'));
      expect(await summary()).toBe('1 linked worktree');
      await sandbox.commit(sandbox.at('linked'), 'there', { 'b.txt': '' });
      expect(await summary()).toBe('1 unpushed commit and 1 linked worktree');
      await rm(sandbox.at('linked'), { recursive: true });
      expect(await summary()).toBe('1 unpushed commit');
    });

    it('is what an unfinished rebase has put aside', async () => {
      await sandbox.commit(dir, 'mine', { 'a.txt': 'mine\n' });
      await inClone('branch', 'theirs', 'HEAD~1');
      await inClone('switch', '-q', 'theirs');
      await sandbox.commit(dir, 'theirs', { 'a.txt': 'theirs\n' });
      await inClone('switch', '-q', 'feat');
      await writeFile(path.join(dir, 'README.md'), 'changed\n');
      await expect(inClone('rebase', '--autostash', 'theirs')).rejects.toThrow();
      expect(await driver.unsaved(dir)).toMatchObject({ files: 1, stashes: 1, commits: 2 });
    });

    it('is a file that is ignored, unless a tool makes it again', async () => {
      await writeFile(path.join(dir, '.git', 'info', 'exclude'), 'node_modules\n*.log\n.env*\nnotes/\ndist/\n');
      for (const file of [
        'node_modules/x/y.js',
        'debug.log',
        'packages/a/dist/index.js',
        'packages/a/node_modules/z',
      ]) {
        await sandbox.write(path.join(dir, file), '');
      }
      expect(await summary()).toBe('');
      await sandbox.write(path.join(dir, 'packages/a/.env.local'), '');
      await sandbox.write(path.join(dir, 'notes/today.md'), '');
      expect(await summary()).toBe('2 changed files');
    });
  });

  describe('that does not count', () => {
    it('is what came with the clone under tags', async () => {
      await sandbox.git(source, 'switch', '-q', '-c', 'old');
      await sandbox.commit(source, 'released', { 'r.txt': '' });
      await sandbox.git(source, 'tag', 'v1');
      await sandbox.git(source, 'tag', '-a', '-m', 'two', 'v2');
      await sandbox.git(source, 'switch', '-q', 'main');
      await sandbox.git(source, 'branch', '-D', 'old');
      await clone();
      expect(await summary()).toBe('');
    });

    /** As a hosting service merges: under new commits, while the branch goes. */
    const mergeUpstream = async (how: 'squash' | 'rebase'): Promise<void> => {
      await sandbox.git(source, 'fetch', '-q', dir, 'feat:merging');
      await sandbox.commit(source, 'meanwhile', { 'meanwhile.txt': 'x' });
      if (how === 'squash') {
        await sandbox.git(source, 'merge', '-q', '--squash', 'merging');
        await sandbox.git(source, 'commit', '-q', '-m', 'squashed');
      } else {
        await sandbox.git(source, 'cherry-pick', 'main..merging');
      }
      await sandbox.git(source, 'branch', '-D', 'merging');
      await sandbox.commit(source, 'later', { 'a.txt': 'rewritten\n' });
      await inClone('fetch', '-q', '--prune');
    };

    it.each(['squash', 'rebase'] as const)('is a branch that was merged by %s', async (how) => {
      await clone();
      await sandbox.commit(dir, 'one', { 'a.txt': '1\n2\n3\n4\n', binary: '\0\x01\x02' });
      await sandbox.commit(dir, 'two', { 'b.txt': 'b' });
      expect(await summary()).toBe('2 unpushed commits');
      await mergeUpstream(how);
      expect(await summary()).toBe('');
      expect(await driver.observe(dir)).toMatchObject({ dirty: false });
      await sandbox.commit(dir, 'three', { 'c.txt': 'c' });
      expect((await driver.unsaved(dir)).commits).toBeGreaterThan(0);
    });

    it('is no branch of which only a part was merged, or whose changes cancel each other out', async () => {
      await clone();
      await sandbox.commit(dir, 'one', { 'b.txt': 'b' });
      await mergeUpstream('squash');
      await sandbox.commit(dir, 'two', { 'b.txt': 'more' });
      expect(await summary()).not.toBe('');
      await inClone('reset', '-q', '--hard', 'origin/main');
      await sandbox.commit(dir, 'try', { 'try.txt': 'x' });
      await inClone('revert', '--no-edit', 'HEAD');
      expect(await summary()).toBe('2 unpushed commits');
    });
  });

  describe('in a repo that means harm', () => {
    beforeEach(clone);

    it('runs nothing that its config names', async () => {
      const touch = `touch ${sandbox.at('pwned')}`;
      const settings = {
        'core.fsmonitor': touch,
        'core.sshCommand': touch,
        'core.pager': touch,
        'core.hooksPath': sandbox.at('hooks'),
        'filter.x.clean': touch,
        'filter.x.process': touch,
        'filter.x.required': 'true',
        'diff.x.textconv': touch,
        'diff.external': touch,
        'merge.x.driver': touch,
        'gpg.program': touch,
        'remote.origin.promisor': 'true',
        'remote.origin.uploadpack': touch,
      };
      for (const [key, value] of Object.entries(settings)) await inClone('config', key, value);
      await sandbox.write(path.join(dir, '.gitattributes'), '* filter=x diff=x merge=x\n');
      await sandbox.write(path.join(dir, 'a.txt'), 'one\n2\n3\n');
      for (const hook of ['post-checkout', 'post-index-change', 'reference-transaction']) {
        await sandbox.write(path.join(sandbox.at('hooks'), hook), `#!/bin/sh\n${touch}\n`);
        await chmod(path.join(sandbox.at('hooks'), hook), 0o755);
      }
      expect(await driver.observe(dir)).toMatchObject({ kind: 'clone', dirty: true });
      expect(await driver.unsaved(dir)).toMatchObject({ files: 2 });
      expect(await driver.remove(dir, root)).toMatchObject({ removed: false });
      expect(await readdir(sandbox.dir)).not.toContain('pwned');
    });

    it('looks at this directory, whatever its config says', async () => {
      await inClone('config', 'core.worktree', source);
      await sandbox.write(path.join(dir, 'mine.txt'), '');
      expect(await driver.unsaved(dir)).toMatchObject({ files: 1 });
    });

    it('calls a repo that is broken or elsewhere foreign', async () => {
      await writeFile(path.join(dir, '.git', 'HEAD'), 'nonsense');
      expect(await driver.observe(dir)).toMatchObject({ kind: 'foreign', reason: expect.stringContaining('git') });
      expect(await driver.remove(dir, root)).toMatchObject({ removed: false });
      const linked = sandbox.at('linked');
      await sandbox.git(source, 'worktree', 'add', '-q', linked);
      expect(await driver.observe(linked)).toMatchObject({
        kind: 'foreign',
        reason: expect.stringContaining('worktree'),
      });
    });

    it.runIf(process.getuid?.() === 0)('says what to do about a clone of another user', async () => {
      await chown(dir, 12345, 12345);
      await chown(path.join(dir, '.git'), 12345, 12345);
      expect(await driver.observe(dir)).toMatchObject({
        kind: 'foreign',
        reason: expect.stringContaining('safe.directory'),
      });
    });

    it('sees a change of its config at once', async () => {
      expect(await driver.observe(dir)).toMatchObject({ owner: 'app-feat' });
      await inClone('config', 'dual.workspace', 'somebody');
      expect(await driver.observe(dir)).toMatchObject({ owner: 'somebody' });
    });
  });

  describe('on its way to the trash', () => {
    beforeEach(clone);

    it('is deleted by the next call when the first died before it had looked', async () => {
      await (await openTrash(root, dir)).take();
      expect(await driver.remove(dir, root)).toEqual({ removed: true });
      expect(await readdir(path.join(root, '.trash'))).toEqual([]);
    });

    it('is put back when something was written meanwhile', async () => {
      const entry = await (await openTrash(root, dir)).take();
      await writeFile(path.join(entry, 'late.txt'), 'late');
      expect(await driver.remove(dir, root)).toMatchObject({ removed: false, work: { files: 1 } });
      expect(await readFile(path.join(dir, 'late.txt'), 'utf8')).toBe('late');
    });

    it('stays in the trash when its place was taken meanwhile, and it is told where', async () => {
      const entry = await (await openTrash(root, dir)).take();
      await writeFile(path.join(entry, 'late.txt'), 'late');
      await clone();
      const result = await driver.remove(dir, root);
      expect(result).toMatchObject({ removed: false, work: { summary: expect.stringContaining(entry) } });
      expect(await readFile(path.join(entry, 'late.txt'), 'utf8')).toBe('late');
      expect(await driver.observe(dir)).toMatchObject({ kind: 'clone' });
    });

    it('is deleted to the end when the first call died in the middle', async () => {
      const entry = await (await openTrash(root, dir)).take();
      await rename(entry, `${entry}.deleting`);
      await rm(path.join(`${entry}.deleting`, '.git', 'HEAD'));
      expect(await driver.remove(dir, root)).toEqual({ removed: true });
      expect(await readdir(path.join(root, '.trash'))).toEqual([]);
    });

    it('goes although directories in it are read-only', async () => {
      await writeFile(path.join(dir, '.git', 'info', 'exclude'), 'node_modules\n');
      await sandbox.write(path.join(dir, 'node_modules', 'x', 'y'), '');
      await chmod(path.join(dir, 'node_modules', 'x'), 0o555);
      expect(await driver.remove(dir, root)).toEqual({ removed: true });
      await mkdir(dir);
      expect(await driver.observe(dir)).toEqual({ kind: 'missing' });
    });
  });
});
