import { chmod, chown, mkdir, mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import type Docker from 'dockerode';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { User } from '../../src/drivers/container/driver.ts';
import { createDocker } from '../../src/drivers/container/docker/create-docker.ts';
import { GUEST_NODE_FLAGS } from '../../src/guest/flags.ts';
import { handshake } from '../../src/guest/handshake.ts';
import type { ExecRequest, ListeningPort } from '../../src/guest/protocol.ts';
import { createGuests } from '../../src/guest/subscription.ts';
import { openTunnel } from '../../src/guest/tunnel.ts';
import { systemClock } from '../../src/clock/clock.ts';
import { silentLog } from '../../src/log/log.ts';
import { eventually } from '../support/eventually.ts';
import { request, run } from '../support/guest.ts';
import { testGuestRuntime } from '../support/guest-runtime.ts';

const RUNTIME = '/opt/guest';
const TTY = { rows: 33, cols: 101, term: 'xterm' };

/** Listens on 127.0.0.1:3000 and ::1:3001 under a name of its own. */
const SERVER = `
  process.title = 'next-server';
  const serve = (port, host) => require('node:net').createServer((peer) => peer.end(host)).listen(port, host);
  serve(3000, '127.0.0.1'); serve(3001, '::1').on('listening', () => console.log('listening'));`;

/** As little as the guest is given by a driver: five capabilities, no way to more. */
describe('the guest as main process of a container', () => {
  const docker = createDocker(process.env);
  // Never root inside, also where the tests are.
  const user: User = {
    uid: process.getuid?.() || 1000,
    gid: process.getgid?.() || 1000,
    name: 'alex',
    home: '/home/alex',
  };
  let root: string;
  let container: Docker.Container;
  const endpoint = { socket: '' };

  beforeAll(async () => {
    root = await mkdtemp(path.join(os.tmpdir(), 'dual-'));
    await chmod(root, 0o755);
    const [shared, worktree] = [path.join(root, 'r'), path.join(root, 'w')];
    for (const directory of [shared, worktree]) {
      await mkdir(directory, { mode: 0o700 });
      if (process.getuid?.() === 0) await chown(directory, user.uid, user.gid);
    }
    endpoint.socket = path.join(shared, 's');
    const config = { socket: '/run/dual/s/s', user, version: '0.0.0-test', env: { NODE_OPTIONS: '--no-deprecation' } };
    container = await docker.createContainer({
      Image: 'debian:bookworm-slim',
      Labels: { 'dual.dev/install': path.basename(root) },
      User: '0:0',
      Entrypoint: ['/bin/sh', `${RUNTIME}/init.sh`, `${RUNTIME}/guest`, ...GUEST_NODE_FLAGS, `${RUNTIME}/guest.cjs`],
      Env: [`DUAL_GUEST_CONFIG=${JSON.stringify(config)}`, 'FROM_IMAGE=yes'],
      HostConfig: {
        CapDrop: ['ALL'],
        CapAdd: ['CHOWN', 'FOWNER', 'SETUID', 'SETGID', 'KILL'],
        SecurityOpt: ['no-new-privileges'],
        Sysctls: { 'net.ipv6.conf.all.disable_ipv6': '0' },
        Binds: [
          `${await testGuestRuntime()}:${RUNTIME}:ro`,
          `${shared}:/run/dual/s`,
          `${worktree}:${user.home}/clones/project/main`,
        ],
      },
    });
    await container.start();
    await eventually(() => handshake(endpoint));
  });
  afterAll(async () => {
    await container?.remove({ force: true, v: true });
    await rm(root, { recursive: true, force: true });
  });

  const inside = async (script: string, rest: Partial<ExecRequest> = {}): Promise<string> => {
    const { stdout, stderr } = await run({ endpoint }, request(['bash', '-c', script], { cwd: '/', ...rest }));
    return (stdout.toString() + stderr.toString()).trimEnd();
  };

  it('runs commands as the user, who exists', async () => {
    const { uid, gid, name, home } = user;
    expect(await inside('id -u; id -g; id -G; id -un; echo "$HOME $USER $SHELL"')).toBe(
      [uid, gid, gid, name, `${home} ${name} /bin/bash`].join('\n'),
    );
    expect(await inside('grep -h Cap /proc/self/status | grep -v CapBnd | cut -f2 | sort -u')).toBe('0000000000000000');
    expect(await inside('echo "$NODE_OPTIONS|$FROM_IMAGE|$DUAL_GUEST_CONFIG"')).toBe('--no-deprecation|yes|');
  });

  it('gives the user the home, also what leads to the worktree', async () => {
    expect(await inside('cd && touch here clones/there clones/project/main/that && echo made')).toBe('made');
  });

  it('keeps its socket, and itself, from the user', async () => {
    const { pid } = await handshake(endpoint);
    expect(await inside('ls /run/dual/s')).toMatch(/Permission denied/);
    expect(await inside(`kill -9 ${pid}; kill -9 1; cat /proc/${pid}/environ`)).toMatch(
      /not permitted[^]*not permitted[^]*denied/,
    );
    expect(await inside('cat /proc/[0-9]*/comm')).not.toMatch(/node/);
  });

  it('gives terminals and pipes that the user can open by name', async () => {
    expect(await inside('stty size; : >"$(tty)" && : </dev/tty && echo opened', { tty: TTY })).toBe('33 101\r\nopened');
    expect(await inside('echo out >/dev/stdout; cat /dev/stdin')).toBe('out');
  });

  it('names the process behind a port, and leads to it', async () => {
    const guests = createGuests({ log: silentLog, clock: systemClock });
    guests.follow('it', { endpoint, target: '1' });
    const abort = new AbortController();
    const server = run({ endpoint }, request([`${RUNTIME}/guest`, '-e', SERVER]), { signal: abort.signal });
    const ended = expect(server).rejects.toThrow('enough');
    const expected = [3000, 3001].map((port): ListeningPort => ({
      port,
      reachable: true,
      process: 'next-server',
      pid: expect.any(Number),
    }));
    await eventually(() => expect(guests.observe('it').ports).toEqual(expected));
    expect(await text(await openTunnel(endpoint, 3000))).toBe('127.0.0.1');
    expect(await text(await openTunnel(endpoint, 3001))).toBe('::1');
    abort.abort(new Error('enough'));
    await ended;
    await eventually(() => expect(guests.observe('it').ports).toEqual([]));
    guests.close();
  });

  it('stops within two seconds, with a command that does not want to, and starts again', async () => {
    const stubborn = run({ endpoint }, request(['sh', '-c', 'trap "" TERM HUP INT; while :; do sleep 1; done']));
    const ended = expect(stubborn).resolves.toMatchObject({ result: { signal: 'SIGKILL' } });
    await eventually(async () => expect(await inside('cat /proc/[0-9]*/cmdline | tr "\\0" " "')).toContain('trap'));
    const began = performance.now();
    await container.stop({ t: 10 });
    expect(performance.now() - began).toBeLessThan(2500);
    await ended;
    await container.start();
    await eventually(() => handshake(endpoint));
    expect(await inside('id -un; ls /run/dual')).toMatch(/^alex\n[^]*denied/);
  });
});
