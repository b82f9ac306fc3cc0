import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import { chmod, lstat, mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Container } from '../../src/drivers/container/driver.ts';
import { execInGuest } from '../../src/guest/exec-client.ts';
import { eventually } from '../support/eventually.ts';
import { machineSpec, run } from './container-driver.contract.ts';
import { NO_NETWORK, sandboxHarness } from './sandbox-harness.ts';
import type { SandboxHarness } from './sandbox-harness.ts';
import { NODE } from './sandbox-inside.ts';

describe('what a sandbox is like inside', () => {
  let harness: SandboxHarness;
  beforeAll(async () => {
    harness = await sandboxHarness();
  });
  afterAll(async () => harness?.close());
  const shell = async (machine: Container, script: string): Promise<string> =>
    (await run(machine, ['sh', '-c', script])).output;

  it('has the devices that every program counts on, and terminals of its own', async () => {
    const spec = await machineSpec(harness);
    const made = await harness.driver.ensure(spec);
    const devices = 'fd full mqueue null ptmx pts random shm stderr stdin stdout tty urandom zero';
    expect(
      await shell(made, 'ls /dev | xargs; ls /dev/pts | xargs; echo x >/dev/null; head -c2 /dev/zero | wc -c'),
    ).toBe(`${devices}\nptmx\n2\n`);
    const stdout = new PassThrough();
    const output = text(stdout);
    const tty = { rows: 24, cols: 80, term: 'xterm' };
    const request = { argv: ['tty'], cwd: '/', env: {}, umask: 0o022, tty };
    await execInGuest(made.guest, request, { stdout, stderr: new PassThrough().resume() });
    stdout.end();
    expect((await output).trim()).toBe('/dev/pts/0');
    await harness.driver.remove(spec.owner.uid);
  });

  it("has the user's environment, less what is true of the host alone", async () => {
    const spec = await machineSpec(harness, { env: { EDITOR: 'of-the-project', NODE_ENV: 'test' } });
    const login = {
      PATH: '/opt/mine:/usr/bin:/bin',
      HOME: harness.home,
      EDITOR: 'of-the-user',
      LANG: 'C.UTF-8',
      LD_LIBRARY_PATH: '/opt/mine/lib',
      // Names that the scripts have for themselves.
      mount: 'of-the-user',
      status: 'of-the-user',
      SSH_AUTH_SOCK: '/run/agent',
      DBUS_SESSION_BUS_ADDRESS: 'unix:path=/run/user/1000/bus',
      XDG_RUNTIME_DIR: '/run/user/1000',
      DISPLAY: ':0',
      TMUX: '/tmp/tmux-0/default,1,0',
      TERM_PROGRAM: 'a-terminal',
      DOCKER_HOST: 'unix:///run/docker.sock',
      TMPDIR: '/tmp/of-the-user',
      DUAL_HOME: '/dual',
    };
    const made = await harness.driverWith({ env: () => Promise.resolve(login) }).ensure(spec);
    const lines = (await shell(made, 'env')).trim().split('\n');
    const env = Object.fromEntries(lines.map((line) => [line.split('=')[0], line.slice(line.indexOf('=') + 1)]));
    expect(env).toEqual({
      PATH: '/usr/local/bin:/opt/mine:/usr/bin:/bin:/usr/local/sbin:/usr/sbin:/sbin',
      HOME: spec.user.home,
      USER: spec.user.name,
      LOGNAME: spec.user.name,
      SHELL: expect.stringMatching(/^\//) as string,
      PWD: '/',
      EDITOR: 'of-the-project',
      LANG: 'C.UTF-8',
      LD_LIBRARY_PATH: '/opt/mine/lib',
      mount: 'of-the-user',
      status: 'of-the-user',
      NODE_ENV: 'test',
      npm_config_store_dir: `${spec.user.home}/.local/share/pnpm/store`,
    });
    await harness.driver.remove(spec.owner.uid);
  });

  it('lays the directory of tools over /usr/local, where what the host has stays', async () => {
    const tools = path.join(harness.root, 'tools');
    await mkdir(path.join(tools, 'bin'), { recursive: true });
    await writeFile(path.join(tools, 'bin/a-tool-of-the-project'), '#!/bin/sh\necho from the tools\n');
    await chmod(path.join(tools, 'bin/a-tool-of-the-project'), 0o755);
    const spec = await machineSpec(harness, { image: tools });
    const made = await harness.driver.ensure(spec);
    expect(await shell(made, 'command -v a-tool-of-the-project; a-tool-of-the-project')).toBe(
      '/usr/local/bin/a-tool-of-the-project\nfrom the tools\n',
    );
    const host = readdirSync('/usr/local');
    expect((await shell(made, 'ls -A /usr/local')).trim().split('\n')).toEqual(expect.arrayContaining(host));
    await shell(made, 'touch /usr/local/bin/made-inside /run/dual/tools/bin/made-inside');
    expect([existsSync('/usr/local/bin/made-inside'), existsSync(path.join(tools, 'bin/made-inside'))]).toEqual([
      false,
      false,
    ]);
    await harness.driver.remove(spec.owner.uid);
  });

  it('has a private /tmp, which is kept while it is stopped', async () => {
    const spec = await machineSpec(harness, { tmp: 'private' });
    const other = await machineSpec(harness, { tmp: 'private' });
    const note = `note-${spec.owner.uid}`;
    const made = await harness.driver.ensure(spec);
    await shell(made, `echo mine >/tmp/${note}; echo mine >/var/tmp/${note}; echo mine >/run/${note}`);
    expect(await shell(await harness.driver.ensure(other), `cat /tmp/${note} /var/tmp/${note} /run/${note}`)).toBe('');
    expect(existsSync(`/tmp/${note}`)).toBe(false);
    await harness.driver.stop(spec.owner.uid);
    const again = await harness.driver.ensure(spec);
    expect(await shell(again, `cat /tmp/${note} /var/tmp/${note} /run/${note}; stat -c %a /tmp`)).toBe(
      'mine\nmine\n1777\n',
    );
    for (const { owner } of [spec, other]) await harness.driver.remove(owner.uid);
  });

  it('follows no link that was left in its /tmp to where a mount goes', async () => {
    const spec = await machineSpec(harness, { tmp: 'private' });
    const made = await harness.driver.ensure(spec);
    await writeFile(path.join(spec.worktree, 'file'), 'of the worktree');
    await harness.driver.stop(spec.owner.uid);
    const point = path.join(harness.dir, spec.owner.uid, 'tmp', path.relative('/tmp', spec.worktree));
    await rm(point, { recursive: true });
    await symlink('../../usr/bin', point);
    await harness.driver.ensure(spec);
    expect((await run(made, ['cat', 'file'], spec.worktree)).output).toBe('of the worktree');
    expect((await lstat(point)).isDirectory()).toBe(true);
    await harness.driver.remove(spec.owner.uid);
  });

  it('lets services listen on port 80, of ::1 too, and keeps its localhost to itself', async () => {
    const specs = [await machineSpec(harness), await machineSpec(harness)];
    const [first, second] = await Promise.all(specs.map((spec) => harness.driver.ensure(spec)));
    const serve = `const net = require('net'); const serve = (port, host) => net.createServer().listen(port, host);
      serve(80, '127.0.0.1').on('listening', () => serve(81, '::1').on('listening', () => console.log('listening')));`;
    const stop = new AbortController();
    const stdout = new PassThrough();
    const request = { argv: [...NODE, serve], cwd: '/', env: {}, umask: 0o022 };
    await eventually(() => run(first!, ['true']));
    const served = execInGuest(first!.guest, request, {
      stdout,
      stderr: new PassThrough().resume(),
      signal: stop.signal,
    });
    expect(String(await once(stdout, 'data'))).toContain('listening');
    const connect = [
      ...NODE,
      `require('net').connect(80, '127.0.0.1').on('connect', () => { console.log('reached'); process.exit(); }).on('error', (error) => console.log(error.code))`,
    ];
    expect((await run(first!, connect)).output).toBe('reached\n');
    expect((await run(second!, connect)).output).toBe('ECONNREFUSED\n');
    stop.abort();
    await expect(served).rejects.toThrow();
    for (const { owner } of specs) await harness.driver.remove(owner.uid);
  });

  it('lets nobody write to what is mounted read-only, also where it lies on a file system of its own', async () => {
    const shared = path.join(harness.home, 'shared');
    await mkdir(path.join(shared, 'state'), { recursive: true });
    await writeFile(path.join(shared, 'note'), 'a note');
    const spec = await machineSpec(harness, {
      mounts: [
        { path: shared, readOnly: true },
        { path: '/dev/shm', readOnly: true },
      ],
    });
    const made = await harness.driver.ensure(spec);
    expect(
      await shell(
        made,
        `cat ${shared}/note; touch ${shared}/x 2>/dev/null || echo refused; touch /dev/shm/x 2>/dev/null || echo refused`,
      ),
    ).toBe('a noterefused\nrefused\n');
    await harness.driver.remove(spec.owner.uid);
  });

  it('says what it lacks, always in the same words', async () => {
    const spec = await machineSpec(harness);
    const root = process.getuid?.() === 0;
    const made = await harness.driver.ensure(spec);
    expect(made.notices).toEqual([
      ...(root ? [expect.stringMatching(/^isolation: no security boundary/) as string] : []),
      expect.stringMatching(/^users: one;/) as string,
      NO_NETWORK,
    ]);
    await harness.driver.stop(spec.owner.uid);
    expect((await harness.driver.ensure(spec)).notices).toEqual(made.notices);
    await harness.driver.remove(spec.owner.uid);
  });

  it('refuses what no machine may have mounted, also by another way to it', async () => {
    const alias = path.join(harness.root, 'alias');
    await symlink('/', alias);
    const socket = path.join(harness.home, 'engine.sock');
    await writeFile(socket, '');
    const env = { PATH: process.env['PATH'] ?? '', HOME: harness.home, DOCKER_HOST: `unix://${socket}` };
    const driver = harness.driverWith({ env: () => Promise.resolve(env) });
    for (const target of ['/', alias, '/proc', '/proc/sys', '/sys/fs/cgroup', '/dev', '/run', '/usr', socket]) {
      const spec = await machineSpec(harness, { mounts: [{ path: target, readOnly: true }] });
      await expect(driver.ensure(spec), target).rejects.toMatchObject({ reason: 'MountForbidden' });
    }
    expect(await driver.list()).toEqual([]);
  });
});
