import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, statSync } from 'node:fs';
import { chmod, lstat, mkdir, mkdtemp, readFile, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ensureTmpDir, isTmpDir, removeTmpDir } from '../../../controllers/workspace/tmp-dir.ts';
import { silentLog } from '../../../src/log/log.ts';

const uid = process.getuid?.() ?? 0;
const stranger = uid + 1;
/** Has a directory and a link change places once the directory's files begin to go: `renameat2(..., RENAME_EXCHANGE)`. */
const EXCHANGE = `
  my ($arch, $directory, $link, $count) = @ARGV;
  $| = 1;
  print "looking\\n";
  while (opendir my $files, $directory) {
    next if (() = readdir $files) - 2 >= $count;
    syscall $arch eq 'x64' ? 316 : 276, -100, $directory, -100, $link, 2;
    last;
  }
`;

describe('the directory of temporary files of a workspace', () => {
  let root: string;
  let dir: string;
  beforeEach(async () => {
    root = await mkdtemp(path.join(os.tmpdir(), 'dual-'));
    dir = path.join(root, 'w');
  });
  afterEach(() => rm(root, { recursive: true }));

  it('is made for the user alone, made again when it is gone, and closed when it is open', async () => {
    for (let time = 0; time < 2; time += 1) {
      expect(await isTmpDir(dir, uid)).toBe(false);
      await ensureTmpDir(dir, uid);
      await ensureTmpDir(dir, uid);
      expect(await isTmpDir(dir, uid)).toBe(true);
      expect(statSync(dir).mode & 0o777).toBe(0o700);
      await rm(dir, { recursive: true });
    }
    await mkdir(dir);
    await chmod(dir, 0o755);
    expect(await isTmpDir(dir, uid)).toBe(false);
    await ensureTmpDir(dir, uid);
    expect(await isTmpDir(dir, uid)).toBe(true);
  });

  it('is not what somebody else has put there: that is named, and left alone', async () => {
    const elsewhere = path.join(root, 'elsewhere');
    await mkdir(elsewhere, { mode: 0o755 });
    await symlink(elsewhere, dir);
    const refused = { name: 'StalledError', reason: 'NameTaken', message: expect.stringContaining(dir) as string };
    expect(await isTmpDir(dir, uid)).toBe(false);
    await expect(ensureTmpDir(dir, uid)).rejects.toMatchObject(refused);
    expect(statSync(elsewhere).mode & 0o777).toBe(0o755);
    await rm(dir);
    await writeFile(dir, 'a file');
    await expect(ensureTmpDir(dir, uid)).rejects.toMatchObject(refused);
    await rm(dir);
    await mkdir(dir);
    await expect(ensureTmpDir(dir, stranger)).rejects.toThrow(`a directory of user ${uid}`);
  });

  it('is removed with all in it, and nothing that links in it lead to', async () => {
    await writeFile(path.join(root, 'kept'), 'text');
    await ensureTmpDir(dir, uid);
    await mkdir(path.join(dir, 'shut/in'), { recursive: true });
    await symlink(root, path.join(dir, 'link'));
    await chmod(path.join(dir, 'shut'), 0);
    await removeTmpDir(dir, { uid, log: silentLog });
    await removeTmpDir(dir, { uid, log: silentLog });
    expect(existsSync(dir)).toBe(false);
    expect(await readFile(path.join(root, 'kept'), 'utf8')).toBe('text');
  });

  it('is removed without what a directory in it is exchanged for meanwhile', async () => {
    const [outside, sub, link] = [path.join(root, 'outside'), path.join(dir, 'sub'), path.join(root, 'link')] as const;
    const names = Array.from({ length: 5000 }, (_, number) => `file-${number}`);
    await ensureTmpDir(dir, uid);
    for (const place of [outside, sub]) {
      await mkdir(place);
      await Promise.all(names.map((name) => writeFile(path.join(place, name), '')));
    }
    await symlink(outside, link);
    const exchanger = spawn('/usr/bin/perl', ['-e', EXCHANGE, process.arch, sub, link, `${names.length}`]);
    const ended = once(exchanger, 'exit');
    try {
      await once(exchanger.stdout, 'data');
      await removeTmpDir(dir, { uid, log: silentLog });
    } finally {
      exchanger.kill('SIGKILL');
      await ended;
    }
    expect((await readdir(outside)).length).toBe(names.length);
  });

  it('stays when it is a link, or of another user', async () => {
    await mkdir(dir);
    await removeTmpDir(dir, { uid: stranger, log: silentLog });
    await symlink(dir, path.join(root, 'link'));
    await removeTmpDir(path.join(root, 'link'), { uid, log: silentLog });
    expect((await lstat(dir)).isDirectory()).toBe(true);
    expect((await lstat(path.join(root, 'link'))).isSymbolicLink()).toBe(true);
  });
});
