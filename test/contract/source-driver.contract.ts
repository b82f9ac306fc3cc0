import { mkdir, readdir, readFile, rename, stat, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Clone, CloneOptions, CloneRequest, SourceDriver } from '../../src/drivers/source/driver.ts';
import { createGitSandbox } from '../support/git-repo.ts';
import type { GitSandbox } from '../support/git-repo.ts';

/** What every source driver must do. `create` gets the environment that it has to work in. */
export function describeSourceDriver(name: string, create: (env: Record<string, string>) => SourceDriver): void {
  describe(`source driver ${name}`, () => {
    let sandbox: GitSandbox;
    let driver: SourceDriver;
    let source: string;
    let root: string;

    beforeEach(async () => {
      sandbox = await createGitSandbox();
      driver = create(sandbox.env);
      source = await sandbox.createRepo('source', { 'README.md': 'hello\n', '.gitignore': '.env*\nnode_modules/\n' });
      root = sandbox.at('workspaces');
    });
    afterEach(() => sandbox.remove());

    const options: CloneOptions = { signal: new AbortController().signal, onProgress: () => undefined };
    const request = (over: Partial<CloneRequest> = {}): CloneRequest => ({
      workspace: 'app-feat',
      project: 'app',
      source: { path: source, depth: 0, submodules: false },
      branch: 'feat',
      dir: path.join(root, 'app', 'feat'),
      ...over,
    });
    const ensure = (over: Partial<CloneRequest> = {}, how = options): Promise<void> =>
      driver.ensure(request(over), how);
    const observed = async (dir = request().dir): Promise<Clone> => {
      const found = await driver.observe(dir);
      if (found.kind !== 'clone') throw new Error(`${dir} is ${found.kind}`);
      return found;
    };

    describe('observe', () => {
      it('tells what is missing, foreign and a clone', async () => {
        expect(await driver.observe(request().dir)).toEqual({ kind: 'missing' });
        await sandbox.write(path.join(root, 'app', 'feat', 'notes.txt'), 'mine');
        expect(await driver.observe(request().dir)).toMatchObject({ kind: 'foreign', reason: expect.any(String) });
        await writeFile(path.join(root, 'file'), '');
        expect(await driver.observe(path.join(root, 'file'))).toMatchObject({ kind: 'foreign' });
        await symlink(source, path.join(root, 'link'));
        expect(await driver.observe(path.join(root, 'link'))).toMatchObject({ kind: 'foreign' });
      });

      it('tells branch, head, changes, unpushed commits and which directory it is', async () => {
        await ensure();
        const { dir } = request();
        const head = await sandbox.git(source, 'rev-parse', 'HEAD');
        const at = await stat(dir);
        expect(await observed()).toEqual({
          kind: 'clone',
          owner: 'app-feat',
          origin: source,
          branch: 'feat',
          head,
          dirty: false,
          unpushed: 0,
          identity: `${at.dev}:${at.ino}`,
        });
        await sandbox.commit(dir, 'work', { 'a.txt': 'a' });
        await sandbox.write(path.join(dir, 'b.txt'), 'b');
        expect(await observed()).toMatchObject({ dirty: true, unpushed: 1 });
      });

      it('reports a branch that somebody switched to, and a detached head', async () => {
        await ensure();
        await sandbox.git(request().dir, 'switch', '-q', '-c', 'other');
        await ensure();
        expect(await observed()).toMatchObject({ branch: 'other' });
        await sandbox.git(request().dir, 'checkout', '-q', '--detach');
        expect((await observed()).branch).toBeUndefined();
      });

      it('does not take a repo further up for the clone', async () => {
        await sandbox.git(sandbox.dir, 'init', '-q');
        await mkdir(path.join(request().dir, 'inner'), { recursive: true });
        expect(await driver.observe(request().dir)).toMatchObject({ kind: 'foreign' });
      });
    });

    describe('ensure', () => {
      it('starts a new branch from the default branch, and can be called again', async () => {
        await ensure();
        await sandbox.write(path.join(request().dir, 'mine.txt'), 'mine');
        await ensure();
        expect(await readFile(path.join(request().dir, 'mine.txt'), 'utf8')).toBe('mine');
        expect(await observed()).toMatchObject({
          branch: 'feat',
          head: await sandbox.git(source, 'rev-parse', 'main'),
        });
        expect(await readdir(path.dirname(request().dir))).toEqual(['feat']);
      });

      it('tracks a branch that exists', async () => {
        await sandbox.git(source, 'switch', '-q', '-c', 'feat');
        const head = await sandbox.commit(source, 'on feat', { 'feat.txt': 'f' });
        await sandbox.git(source, 'switch', '-q', 'main');
        await ensure();
        expect(await observed()).toMatchObject({ branch: 'feat', head, dirty: false });
        expect(await sandbox.git(request().dir, 'rev-parse', '--abbrev-ref', 'feat@{upstream}')).toBe('origin/feat');
      });

      it('starts from a branch, a tag or a commit, and refuses what is nowhere', async () => {
        const first = await sandbox.git(source, 'rev-parse', 'HEAD');
        await sandbox.git(source, 'tag', '-a', '-m', 'one', 'v1');
        const second = await sandbox.commit(source, 'second', { 'b.txt': 'b' });
        await sandbox.git(source, 'branch', 'release/1');
        await sandbox.commit(source, 'third', { 'c.txt': 'c' });
        const starts = {
          'release/1': second,
          'origin/release/1': second,
          v1: first,
          [second]: second,
          [first.slice(0, 10)]: first,
        };
        for (const [from, head] of Object.entries(starts)) {
          const dir = path.join(root, 'app', from.replace(/\W/g, '_'));
          await ensure({ from, dir });
          expect(await observed(dir)).toMatchObject({ branch: 'feat', head, unpushed: 0 });
        }
        for (const from of ['nowhere', '--upload-pack=x', '../../x', 'a b', 'deadbeefdeadbeef']) {
          const refused = ensure({ from, dir: path.join(root, 'app', 'none') });
          await expect(refused).rejects.toMatchObject({ name: 'StalledError', reason: 'StartPointNotFound' });
          await expect(refused).rejects.toThrow(from);
        }
        expect(await driver.observe(path.join(root, 'app', 'none'))).toEqual({ kind: 'missing' });
      });

      it('clones a repo without commits', async () => {
        const empty = sandbox.at('empty');
        await sandbox.git(sandbox.dir, 'init', '-q', '-b', 'trunk', empty);
        for (const [index, at] of [{ path: empty }, { url: `file://${empty}` }].entries()) {
          const dir = path.join(root, 'app', `empty${index}`);
          await ensure({ source: { ...at, depth: 0, submodules: false }, dir });
          expect(await observed(dir)).toMatchObject({ branch: 'feat', dirty: false, unpushed: 0 });
        }
        const refused = ensure({ source: { path: empty, depth: 0, submodules: false }, from: 'main' });
        await expect(refused).rejects.toMatchObject({ reason: 'StartPointNotFound' });
      });

      it('takes any branch name that git takes, and refuses the others', async () => {
        for (const [index, branch] of ['feat/a/b', 'größe/日本', 'x'.repeat(200), "it's-$HOME;#(x)"].entries()) {
          const dir = path.join(root, 'app', `n${index}`);
          await ensure({ branch, dir });
          expect(await observed(dir)).toMatchObject({ branch });
        }
        for (const branch of ['--upload-pack=x', '../../x', 'a..b', 'a b', 'a~1', '', 'a/', 'HEAD', 'x.lock']) {
          const refused = ensure({ branch, dir: path.join(root, 'app', 'bad') });
          await expect(refused).rejects.toMatchObject({ name: 'StalledError', reason: 'InvalidSource' });
        }
      });

      it('leaves nothing behind when it is called off', async () => {
        const controller = new AbortController();
        const stopped = ensure({}, { signal: controller.signal, onProgress: () => undefined });
        controller.abort(new Error('called off'));
        await expect(stopped).rejects.toThrow('called off');
        expect(await readdir(path.dirname(request().dir))).toEqual([]);
        await ensure();
        expect(await observed()).toMatchObject({ branch: 'feat' });
      });

      it('makes one clone when asked twice at once', async () => {
        await Promise.all([ensure(), ensure(), ensure()]);
        expect(await observed()).toMatchObject({ owner: 'app-feat', dirty: false });
        expect(await readdir(path.dirname(request().dir))).toEqual(['feat']);
      });

      it('gives a directory to one of two Workspaces', async () => {
        const results = await Promise.allSettled([ensure(), ensure({ workspace: 'other' })]);
        const failed = results.filter((result) => result.status === 'rejected');
        expect(failed).toHaveLength(1);
        expect(failed[0]?.reason).toMatchObject({ reason: 'DirectoryTaken' });
        const { owner = '?' } = await observed();
        expect(String(failed[0]?.reason)).toContain(owner);
      });

      it('adopts a clone that somebody made of the same source on the same branch, as it is', async () => {
        await sandbox.git(source, 'branch', 'feat');
        await mkdir(path.dirname(request().dir), { recursive: true });
        await sandbox.git(sandbox.dir, 'clone', '-q', '-b', 'feat', source, request().dir);
        await sandbox.write(path.join(request().dir, 'mine.txt'), 'mine');
        await ensure();
        expect(await observed()).toMatchObject({ owner: 'app-feat', dirty: true });
      });

      it('refuses a directory that is something else, and leaves it alone', async () => {
        const { dir } = request();
        await sandbox.write(path.join(dir, 'notes.txt'), 'mine');
        await expect(ensure()).rejects.toMatchObject({
          reason: 'DirectoryTaken',
          message: expect.stringContaining(dir),
        });
        expect(await readdir(dir)).toEqual(['notes.txt']);
        const other = await sandbox.createRepo('other');
        const taken = path.join(root, 'app', 'taken');
        await sandbox.git(sandbox.dir, 'clone', '-q', other, taken);
        await expect(ensure({ dir: taken, branch: 'main' })).rejects.toThrow(other);
      });

      it('refuses a source that is none', async () => {
        for (const at of [sandbox.at('nowhere'), root, source + '/README.md']) {
          await mkdir(root, { recursive: true });
          const refused = ensure({ source: { path: at, depth: 0, submodules: false } });
          await expect(refused).rejects.toMatchObject({ name: 'StalledError', reason: 'InvalidSource' });
          await expect(refused).rejects.toThrow(at);
        }
      });

      it('says of a URL that cannot be reached why not', async () => {
        const url = `file://${sandbox.at('nowhere.git')}`;
        const refused = ensure({ source: { url, depth: 0, submodules: false } });
        await expect(refused).rejects.toMatchObject({ name: 'RetryError', reason: 'SourceUnreachable' });
        await expect(refused).rejects.toThrow(url);
      });
    });

    describe('remove', () => {
      const gone = async (): Promise<void> => {
        expect(await driver.observe(request().dir)).toEqual({ kind: 'missing' });
      };

      it('deletes a clone that holds nothing of its own, and has nothing to do the second time', async () => {
        await ensure();
        await sandbox.write(path.join(request().dir, 'node_modules', 'x', 'index.js'), '');
        expect(await driver.unsaved(request().dir)).toEqual({ files: 0, stashes: 0, commits: 0, summary: '' });
        expect(await driver.remove(request().dir, root)).toEqual({ removed: true });
        expect(await driver.remove(request().dir, root)).toEqual({ removed: true });
        await gone();
        expect(await readdir(path.join(root, '.trash'))).toEqual([]);
      });

      it('keeps a clone with work that exists nowhere else, and says what', async () => {
        const { dir } = request();
        await ensure();
        await sandbox.write(path.join(dir, 'README.md'), 'changed\n');
        await sandbox.git(dir, 'stash');
        await sandbox.commit(dir, 'work', { 'a.txt': 'a' });
        await sandbox.write(path.join(dir, 'README.md'), 'changed again\n');
        await sandbox.write(path.join(dir, '.env.local'), 'SECRET=1\n');
        const work = { files: 2, stashes: 1, commits: 1, summary: '2 changed files, 1 stash and 1 unpushed commit' };
        expect(await driver.unsaved(dir)).toEqual(work);
        expect(await driver.remove(dir, root)).toEqual({ removed: false, work });
        expect(await readFile(path.join(dir, '.env.local'), 'utf8')).toBe('SECRET=1\n');
      });

      it('keeps what it cannot judge', async () => {
        const { dir } = request();
        await sandbox.write(path.join(dir, 'notes.txt'), 'mine');
        expect(await driver.remove(dir, root)).toMatchObject({ removed: false });
        expect(await readdir(dir)).toEqual(['notes.txt']);
      });

      it('follows no link and touches nothing outside of the root', async () => {
        await ensure();
        const { dir } = request();
        await sandbox.write(path.join(dir, 'node_modules', 'x'), '');
        await symlink(source, path.join(dir, 'node_modules', 'link'));
        await driver.remove(dir, root);
        await gone();
        expect(await readdir(source)).toContain('README.md');
        const outside = sandbox.at('outside');
        await ensure({ dir: path.join(outside, 'feat') });
        await expect(driver.remove(path.join(outside, 'feat'), root)).rejects.toThrow('outside');
        await symlink(outside, path.join(root, 'way-out'));
        await expect(driver.remove(path.join(root, 'way-out', 'feat'), root)).rejects.toThrow('outside');
        await expect(driver.remove(root, root)).rejects.toThrow('outside');
        expect(await observed(path.join(outside, 'feat'))).toMatchObject({ branch: 'feat' });
      });

      it('goes on after a crash in the middle', async () => {
        await ensure();
        const { dir } = request();
        const aside = path.join(root, 'aside');
        await rename(dir, aside);
        await ensure();
        await sandbox.write(path.join(dir, 'late.txt'), 'late');
        expect(await driver.remove(dir, root)).toMatchObject({ removed: false, work: { files: 1 } });
        expect(await readFile(path.join(dir, 'late.txt'), 'utf8')).toBe('late');
      });
    });
  });
}
