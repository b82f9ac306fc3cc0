import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { mountPoints } from '../../../src/drivers/container/docker/mount-points.ts';
import { findSockets } from '../../../src/drivers/container/shared-tmp/find-sockets.ts';
import { isDead } from '../../../src/drivers/container/shared-tmp/is-dead.ts';
import { makeSocketDirs, socketDirs } from '../../../src/drivers/container/shared-tmp/socket-dirs.ts';

describe('what is looked for in a shared /tmp', () => {
  let root: string;
  const servers: net.Server[] = [];
  const at = (name: string): string => path.join(root, name);
  beforeEach(async () => {
    root = await mkdtemp(path.join(os.tmpdir(), 'dual-'));
  });
  afterEach(async () => {
    await Promise.all(servers.splice(0).map((server) => new Promise((resolve) => server.close(resolve))));
    await rm(root, { recursive: true });
  });

  async function listen(name: string): Promise<net.Server> {
    const server = net.createServer((connection) => connection.destroy());
    server.listen(at(name));
    await once(server, 'listening');
    servers.push(server);
    return server;
  }

  it('are sockets, not too deep, by no link, and not in what is left out', async () => {
    for (const dir of ['a/b/c', 'out', 'shut']) await mkdir(at(dir), { recursive: true });
    for (const name of ['s', 'a/b/s', 'a/b/c/s', 'out/s']) await listen(name);
    await writeFile(at('a/file'), '');
    await symlink(at('a'), at('link'));
    await chmod(at('shut'), 0);
    expect(await findSockets(root, [at('out')])).toEqual([at('s'), at('a/b/s')]);
    expect(await findSockets(at('missing'), [])).toEqual([]);
  });

  it('are looked for in so many entries and no more', async () => {
    await mkdir(at('many'));
    for (let index = 0; index < 20; index += 1) await writeFile(at(`many/${index}`), '');
    await mkdir(at('z'));
    await listen('z/s');
    const limits = { depth: 2, entries: 10, entriesInAll: 30 };
    expect(await findSockets(root, [], limits)).toEqual([at('z/s')]);
    expect(await findSockets(root, [], { ...limits, entriesInAll: 2 })).toEqual([]);
  });

  it('are sockets that somebody listens on', async () => {
    await listen('alive');
    const perl = ['-MIO::Socket::UNIX', '-e', 'IO::Socket::UNIX->new(Local => $ARGV[0], Listen => 1)'];
    execFileSync('perl', [...perl, at('dead')]);
    expect([await isDead(at('alive')), await isDead(at('dead')), await isDead(at('gone'))]).toEqual([
      false,
      true,
      true,
    ]);
  });

  it('are directories of sockets by their names, as they are, and those that every machine needs', async () => {
    await makeSocketDirs(root, 1234);
    const others = ['ssh-AbCdEf', 'dbus-x', 'w-0123abcd', 'vscode-typescript1000'];
    for (const name of [...others, 'ssh-keys-for-test', 'w-mine', 'tmux-notes']) await mkdir(at(name));
    await symlink(root, at('gpg-AbCdEf'));
    await writeFile(at('.XIM-unix'), '');
    const found = await socketDirs(root);
    const names = ['.ICE-unix', '.X11-unix', 'tmux-1234', ...others];
    expect(found.map((dir) => dir.path).sort()).toEqual(names.map(at).sort());
    const mode = (name: string): number | undefined => found.find((dir) => dir.path === at(name))?.mode;
    expect([mode('.X11-unix'), mode('tmux-1234')]).toEqual([0o1777, 0o700]);
  });
});

describe('the places of covers in a shared /tmp', () => {
  const bind = (Source: string, Target: string): { Type: 'bind'; Source: string; Target: string } => ({
    Type: 'bind',
    Source,
    Target,
  });
  const tmpfs = { Type: 'tmpfs', Source: '', Target: '/tmp/x/state' } as const;

  it('are those that lie on the host, parents first', async () => {
    const Mounts = [
      bind('/tmp', '/tmp'),
      bind('/elsewhere', '/tmp/mine'),
      bind('/dev/null', '/tmp/x/a/s'),
      bind('/dev/null', '/tmp/mine/s'),
      bind('/dev/null', '/home/s'),
      tmpfs,
    ];
    const points = await mountPoints({ Mounts, Tmpfs: { '/tmp/ssh': '' } });
    expect(points).toEqual([
      { file: '/tmp/ssh', directory: true },
      { file: '/tmp/x/a/s', directory: false },
      { file: '/tmp/x/state', directory: true },
    ]);
    expect(await mountPoints({ Mounts: Mounts.slice(1) })).toEqual([]);
    expect(await mountPoints({})).toEqual([]);
  });
});
