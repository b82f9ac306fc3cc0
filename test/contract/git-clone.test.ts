import { spawn } from 'node:child_process';
import { chown, lstat, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CloneRequest, SourceDriver } from '../../src/drivers/source/driver.ts';
import { createGitDriver } from '../../src/drivers/source/git/git.ts';
import { silentLog } from '../../src/log/log.ts';
import { eventually } from '../support/eventually.ts';
import { createGitSandbox } from '../support/git-repo.ts';
import type { GitSandbox } from '../support/git-repo.ts';

describe('git clones', () => {
  let sandbox: GitSandbox;
  let driver: SourceDriver;
  let source: string;
  let dir: string;
  let progress: string[];

  beforeEach(async () => {
    sandbox = await createGitSandbox();
    driver = createGitDriver({ env: () => Promise.resolve(sandbox.env), log: silentLog });
    source = await sandbox.createRepo('source', { 'README.md': 'hello\n' });
    dir = sandbox.at('workspaces', 'app', 'feat');
    progress = [];
  });
  afterEach(() => sandbox.remove());

  const request = (from: Partial<CloneRequest['source']>, over: Partial<CloneRequest> = {}): CloneRequest => ({
    workspace: 'app-feat',
    project: 'app',
    source: { depth: 0, submodules: false, ...from },
    branch: 'feat',
    dir,
    ...over,
  });
  const ensure = (from: Partial<CloneRequest['source']>, over: Partial<CloneRequest> = {}): Promise<void> =>
    driver.ensure(request(from, over), {
      signal: new AbortController().signal,
      onProgress: (line) => progress.push(line),
    });
  const inClone = (...args: string[]): Promise<string> => sandbox.git(dir, ...args);

  describe('of a local path', () => {
    it('shares files by hard links and nothing else', async () => {
      await ensure({ path: source });
      const head = await inClone('rev-parse', 'HEAD');
      const object = path.join('.git', 'objects', head.slice(0, 2), head.slice(2));
      expect((await stat(path.join(dir, object))).ino).toBe((await stat(path.join(source, object))).ino);
      await expect(lstat(path.join(dir, '.git', 'objects', 'info', 'alternates'))).rejects.toThrow('ENOENT');
    });

    it('does not depend on what the source borrows from', async () => {
      const lender = sandbox.at('borrowing');
      await sandbox.git(sandbox.dir, 'clone', '-q', '--shared', source, lender);
      await ensure({ path: lender });
      await rm(source, { recursive: true });
      await expect(lstat(path.join(dir, '.git', 'objects', 'info', 'alternates'))).rejects.toThrow('ENOENT');
      expect(await inClone('fsck')).not.toContain('missing');
    });

    it("gets the source's own remote as origin, relative paths resolved", async () => {
      const remotes = {
        'git@example.invalid:acme/app.git': 'git@example.invalid:acme/app.git',
        'https://jane:t0ken"\\x@example.invalid/a.git': 'https://jane:t0ken"\\x@example.invalid/a.git',
        '../elsewhere.git': sandbox.at('elsewhere.git'),
      };
      await sandbox.git(source, 'remote', 'add', 'origin', 'x');
      for (const [url, expected] of Object.entries(remotes)) {
        await sandbox.git(source, 'remote', 'set-url', 'origin', url);
        await ensure({ path: source });
        expect(await inClone('config', '--get-all', 'remote.origin.url')).toBe(expected);
        await rm(dir, { recursive: true });
      }
    });

    it('tells no token of the origin', async () => {
      await sandbox.git(source, 'remote', 'add', 'origin', 'https://jane:t0ken@example.invalid/a.git');
      await ensure({ path: source });
      expect(await driver.observe(dir)).toMatchObject({ origin: 'https://example.invalid/a.git' });
    });

    it("finds branches that only the source's remote has, and starts from its default branch", async () => {
      const upstream = await sandbox.createRepo('upstream');
      await sandbox.git(upstream, 'switch', '-q', '-c', 'feat');
      const onFeat = await sandbox.commit(upstream, 'feat', { 'feat.txt': '' });
      await sandbox.git(upstream, 'switch', '-q', 'main');
      const downstream = sandbox.at('downstream');
      await sandbox.git(sandbox.dir, 'clone', '-q', upstream, downstream);
      await sandbox.git(downstream, 'switch', '-q', '-c', 'wip');
      await sandbox.commit(downstream, 'wip', { 'wip.txt': '' });

      await ensure({ path: downstream });
      expect(await inClone('rev-parse', 'HEAD', 'feat@{upstream}')).toBe(`${onFeat}\n${onFeat}`);
      await rm(dir, { recursive: true });
      await ensure({ path: downstream }, { branch: 'new' });
      expect(await inClone('rev-parse', 'HEAD')).toBe(await sandbox.git(upstream, 'rev-parse', 'main'));
      expect(await inClone('symbolic-ref', 'refs/remotes/origin/HEAD')).toBe('refs/remotes/origin/main');
      await rm(dir, { recursive: true });
      await ensure({ path: downstream }, { branch: 'new', from: 'feat' });
      expect(await inClone('rev-parse', 'HEAD')).toBe(onFeat);
    });

    it('copies where hard links cannot be made', async () => {
      const other = await mkdtemp('/dev/shm/dual-');
      try {
        dir = path.join(other, 'app', 'feat');
        await ensure({ path: source });
        expect(await driver.observe(dir)).toMatchObject({ kind: 'clone', branch: 'feat', dirty: false });
      } finally {
        await rm(other, { recursive: true });
      }
    });

    it('clones a repo whose HEAD is no branch, and a bare one', async () => {
      await sandbox.git(source, 'checkout', '-q', '--detach');
      await ensure({ path: source });
      expect(await driver.observe(dir)).toMatchObject({ branch: 'feat', dirty: false });
      await rm(dir, { recursive: true });
      await ensure({ path: await sandbox.createRemote('bare.git', source) });
      expect(await driver.observe(dir)).toMatchObject({ branch: 'feat', dirty: false });
    });

    it.runIf(process.getuid?.() === 0)('says what to do about a repo of another user', async () => {
      await chown(source, 12345, 12345);
      await chown(path.join(source, '.git'), 12345, 12345);
      await expect(ensure({ path: source })).rejects.toMatchObject({
        reason: 'InvalidSource',
        message: expect.stringContaining('safe.directory'),
      });
    });
  });

  describe('of a URL', () => {
    it('tracks branches, starts new ones, and reports progress', async () => {
      await sandbox.git(source, 'branch', 'release/1');
      const url = `file://${await sandbox.createRemote('remote.git', source)}`;
      await ensure({ url }, { from: 'release/1' });
      expect(await inClone('rev-parse', 'HEAD')).toBe(await sandbox.git(source, 'rev-parse', 'main'));
      expect(await inClone('config', 'remote.origin.url')).toBe(url);
      expect(await inClone('for-each-ref', '--format=%(refname)', 'refs/remotes')).toContain('origin/release/1');
      expect(progress).toContain('Receiving objects: 100%');
      await rm(dir, { recursive: true });
      await ensure({ url }, { branch: 'release/1' });
      expect(await inClone('rev-parse', '--abbrev-ref', 'release/1@{upstream}')).toBe('origin/release/1');
    });

    it('fetches a start point that is neither branch nor tag', async () => {
      const main = await sandbox.git(source, 'rev-parse', 'main');
      await sandbox.git(source, 'switch', '-q', '-c', 'pull');
      const pulled = await sandbox.commit(source, 'pull', { 'pull.txt': '' });
      await sandbox.git(source, 'update-ref', 'refs/pull/1/head', pulled);
      await sandbox.git(source, 'switch', '-q', 'main');
      await sandbox.git(source, 'branch', '-D', 'pull');
      await ensure({ url: `file://${source}` }, { from: 'refs/pull/1/head' });
      expect(await inClone('rev-parse', 'HEAD', 'HEAD~1')).toBe(`${pulled}\n${main}`);
    });

    it('needs a start point where the source has no default branch', async () => {
      const remote = await sandbox.createRemote('remote.git', source);
      await sandbox.git(remote, 'symbolic-ref', 'HEAD', 'refs/heads/gone');
      const url = `file://${remote}`;
      await expect(ensure({ url })).rejects.toMatchObject({ reason: 'StartPointNotFound' });
      await ensure({ url }, { from: 'main' });
      expect(await driver.observe(dir)).toMatchObject({ branch: 'feat' });
    });

    it('takes only as much history as asked for, but every branch', async () => {
      await sandbox.git(source, 'tag', 'v1');
      const first = await sandbox.git(source, 'rev-parse', 'HEAD');
      await sandbox.commit(source, 'second', { 'b.txt': '' });
      await sandbox.commit(source, 'third', { 'c.txt': '' });
      await sandbox.git(source, 'branch', 'other', 'main~1');
      for (const from of [{ url: `file://${source}` }, { path: source }]) {
        await ensure({ ...from, depth: 1 });
        expect(await inClone('rev-list', '--count', 'HEAD')).toBe('1');
        expect(await inClone('rev-parse', '--verify', 'origin/other')).toMatch(/^[0-9a-f]{40}$/);
        await rm(dir, { recursive: true });
        for (const start of ['v1', first]) {
          await ensure({ ...from, depth: 1 }, { from: start });
          expect(await inClone('rev-parse', 'HEAD')).toBe(first);
          await rm(dir, { recursive: true });
        }
      }
    });

    it('shows no credentials, and takes none', async () => {
      const url = 'https://jane:t0ken@example.invalid/a.git';
      const refused = ensure({ url });
      await expect(refused).rejects.toMatchObject({ reason: 'InvalidSource' });
      await expect(refused).rejects.not.toThrow('t0ken');
    });

    it('runs no command that a URL names', async () => {
      const refused = ensure({ url: `ext::sh -c touch% ${sandbox.at('pwned')}` });
      await expect(refused).rejects.toMatchObject({ reason: 'InvalidSource' });
      await expect(ensure({ url: `--upload-pack=touch ${sandbox.at('pwned')}` })).rejects.toThrow('cannot be reached');
      expect(await readdir(sandbox.dir)).not.toContain('pwned');
    });

    it('asks nobody for a password', async () => {
      sandbox.env['GIT_SSH_COMMAND'] = 'false';
      await expect(ensure({ url: 'ssh://git@example.invalid/a.git' })).rejects.toMatchObject({
        reason: 'SourceUnreachable',
      });
    });
  });

  describe('submodules', () => {
    beforeEach(async () => {
      const inner = await sandbox.createRepo('inner', { 'inner.txt': 'inner\n' });
      await sandbox.git(
        source,
        '-c',
        'protocol.file.allow=always',
        'submodule',
        '--quiet',
        'add',
        `file://${inner}`,
        'inner',
      );
      await sandbox.commit(source, 'submodule', {});
    });

    it('are cloned when asked for, by the rules that git has for them', async () => {
      await ensure({ path: source });
      expect(await readdir(path.join(dir, 'inner'))).toEqual([]);
      await rm(dir, { recursive: true });
      await expect(ensure({ path: source, submodules: true })).rejects.toThrow('transport "file"');
      expect(await driver.observe(dir)).toEqual({ kind: 'missing' });
      Object.assign(sandbox.env, {
        GIT_CONFIG_COUNT: '1',
        GIT_CONFIG_KEY_0: 'protocol.file.allow',
        GIT_CONFIG_VALUE_0: 'always',
      });
      await ensure({ path: source, submodules: true });
      expect(await readFile(path.join(dir, 'inner', 'inner.txt'), 'utf8')).toBe('inner\n');
      expect((await driver.unsaved(dir)).summary).toBe('');
    });

    it('hold work of their own', async () => {
      Object.assign(sandbox.env, {
        GIT_CONFIG_COUNT: '1',
        GIT_CONFIG_KEY_0: 'protocol.file.allow',
        GIT_CONFIG_VALUE_0: 'always',
      });
      await ensure({ path: source, submodules: true });
      await sandbox.commit(path.join(dir, 'inner'), 'work', { 'a.txt': '' });
      await writeFile(path.join(dir, 'inner', 'b.txt'), '');
      expect(await driver.unsaved(dir)).toMatchObject({ files: 2, commits: 1 });
    });
  });

  it('is done again when it was killed in the middle', async () => {
    const parent = path.dirname(dir);
    const slow = JSON.stringify(request({ url: 'ssh://git@example.invalid/a.git' }));
    const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '--eval', CLONE_ONCE, slow], {
      cwd: import.meta.dirname,
      env: { ...sandbox.env, GIT_SSH_COMMAND: `echo $$ >${sandbox.at('pid')}; sleep 1000; :` },
      stdio: 'ignore',
    });
    await eventually(async () => {
      expect(await readdir(parent)).toEqual([expect.stringMatching(/^\.feat\.partial-/)]);
    });
    const helper = Number(await eventually(() => readFile(sandbox.at('pid'), 'utf8')));
    child.kill('SIGKILL');
    await new Promise((resolve) => child.once('exit', resolve));
    expect(await driver.observe(dir)).toEqual({ kind: 'missing' });
    await ensure({ path: source });
    expect(await readdir(parent)).toEqual(['feat']);
    process.kill(-(await groupOf(helper)), 'SIGKILL');
  });

  it('throws away what dead calls for the same directory have left, and nothing else', async () => {
    const parent = path.dirname(dir);
    const dead = spawn('true');
    await new Promise((resolve) => dead.once('exit', resolve));
    await sandbox.write(path.join(parent, `.feat.partial-${dead.pid}-00000000`, 'x'), '');
    await sandbox.write(path.join(parent, `.feat.partial-${process.pid}-00000000`, 'x'), '');
    await sandbox.write(path.join(parent, `.feat.partial-${process.ppid}-00000000`, 'x'), '');
    await sandbox.write(path.join(parent, `.feat2.partial-${dead.pid}-00000000`, 'x'), '');
    await ensure({ path: source });
    const left = [`.feat.partial-${process.ppid}-00000000`, `.feat2.partial-${dead.pid}-00000000`, 'feat'];
    expect((await readdir(parent)).sort()).toEqual(left.sort());
  });

  it('keeps out what a parent process has set for another repo', async () => {
    Object.assign(sandbox.env, { GIT_DIR: source, GIT_WORK_TREE: source, GIT_INDEX_FILE: '/nowhere' });
    await ensure({ path: source });
    expect(await driver.observe(dir)).toMatchObject({ kind: 'clone', branch: 'feat', dirty: false });
  });

  it('runs no hook of the template, and leaves it to the user', async () => {
    const template = sandbox.at('template');
    await mkdir(path.join(template, 'hooks'), { recursive: true });
    const hook = `#!/bin/sh\ntouch ${sandbox.at('pwned')}\n`;
    await writeFile(path.join(template, 'hooks', 'post-checkout'), hook, { mode: 0o755 });
    sandbox.env['GIT_TEMPLATE_DIR'] = template;
    await ensure({ path: source });
    expect(await readdir(sandbox.dir)).not.toContain('pwned');
    expect(await readFile(path.join(dir, '.git', 'hooks', 'post-checkout'), 'utf8')).toBe(hook);
  });
});

async function groupOf(pid: number): Promise<number> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8');
  return Number(text.slice(text.lastIndexOf(')') + 2).split(' ')[2]);
}

/** A process of its own, to be killed in the middle. Its argument is a CloneRequest as JSON. */
const CLONE_ONCE = `
  import { createGitDriver } from ${JSON.stringify(path.resolve(import.meta.dirname, '../../src/drivers/source/git/git.ts'))};
  import { silentLog } from ${JSON.stringify(path.resolve(import.meta.dirname, '../../src/log/log.ts'))};
  const driver = createGitDriver({ env: async () => process.env, log: silentLog });
  await driver.ensure(JSON.parse(process.argv[1]), { signal: new AbortController().signal, onProgress() {} });
`;
