import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmod, chown, copyFile, link, mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { build } from 'esbuild';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { KEYCTL } from '../../src/drivers/container/sandbox/keyring.ts';
import { testGuestRuntime } from '../support/guest-runtime.ts';
import type { UserReport, UserScriptInput } from './sandbox-user-script.ts';

/** Of nobody on this machine; when the tests run as an ordinary user anyway, that one. */
const UID = process.getuid?.() || 54_321;
const GID = process.getgid?.() || 54_321;
const IS_ROOT = process.getuid?.() === 0;

describe('a sandbox of an ordinary user', () => {
  let root: string;
  let report: UserReport;
  let sleeper: ChildProcess;
  const servers: net.Server[] = [];
  const at = (name: string): string => path.join(root, name);

  beforeAll(async () => {
    root = await mkdtemp(path.join(os.tmpdir(), 'dual-'));
    for (const name of ['state', 'worktree', 'tools/bin']) await mkdir(at(name), { recursive: true });
    await writeFile(at('state/secret'), 'secret');
    await writeFile(at('tools/bin/a-tool'), '#!/bin/sh\necho from the tools\n', { mode: 0o755 });
    await provideGuest(at('guest'));
    await bundle(at('script.mjs'));
    for (const name of ['state', 'state/secret', 'worktree', '.']) if (IS_ROOT) await chown(at(name), UID, GID);
    for (const name of ['engine.sock', 'state/api.sock']) await listen({ path: at(name) });
    await listen({ path: `\0${path.basename(root)}` });
    sleeper = spawn('sleep', ['600'], { stdio: 'ignore', ...(IS_ROOT && { uid: UID, gid: GID }) });
    report = await runAsUser(withKey());
  });
  afterAll(async () => {
    sleeper?.kill();
    await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
    await rm(root, { recursive: true });
  });

  async function listen(where: net.ListenOptions): Promise<void> {
    const server = net.createServer((socket) => socket.destroy());
    servers.push(server);
    server.listen(where);
    await once(server, 'listening');
    if (where.path?.startsWith('/')) await chmod(where.path, 0o666);
  }

  function input(): UserScriptInput {
    const targets = {
      pids: [sleeper.pid ?? 0],
      addresses: [at('engine.sock'), at('state/api.sock'), `@${path.basename(root)}`],
      files: [at('state'), at('engine.sock')],
      writes: ['/proc/sys/kernel/hostname', '/proc/sysrq-trigger', '/sys/kernel/profiling', '/dev/null'],
    };
    return { root, targets };
  }

  async function runAsUser(within: string[]): Promise<UserReport> {
    const node = [at('guest/guest'), at('script.mjs'), JSON.stringify(input())];
    const as = [...within, 'setpriv', `--reuid=${UID}`, `--regid=${GID}`, '--clear-groups', ...node];
    // Something that the daemon has open without knowing: it was there when it was started.
    const unknown = [...Array<'ignore'>(248).fill('ignore'), 'pipe' as const];
    const [file = '', ...args] = IS_ROOT ? as : [...within, ...node];
    const { stdout } = await execa(file, args, {
      env: { PATH: process.env['PATH'] },
      extendEnv: false,
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe', ...unknown],
    });
    return JSON.parse(stdout) as UserReport;
  }

  it('can be made, runs commands as that user without any right of its own, and says so', () => {
    expect(report.available).toBe(true);
    expect(report.identity).toMatch(new RegExp(`^${UID}\n${GID}\n.*CapEff:\t0000000000000000\n$`, 's'));
    expect(report.notices).toEqual([expect.stringMatching(/^users: one;/), 'outgoing network: none in this test']);
    expect(report.inside.noNewPrivileges).toBe(true);
  });

  it('has the directory of tools and the worktree, in which files belong to the user', async () => {
    expect(report.tool).toBe('from the tools\n');
    expect(await stat(at('worktree/made-inside'))).toMatchObject({ uid: UID, gid: GID });
  });

  it('has them in the PATH of login shells too, also where the kernel lays no directory over /usr/local', async () => {
    // A mount of the host's below it, which a user may not take apart.
    const namespaces = IS_ROOT ? ['--mount'] : ['--mount', '--user', '--map-current-user', '--keep-caps'];
    const script = 'mount --bind /usr/local/bin /usr/local/bin && exec "$@"';
    const refused = await runAsUser(['unshare', ...namespaces, 'sh', '-c', script, 'sh']);
    expect([report.loginTool, refused.loginTool]).toEqual(['from the tools\n', 'from the tools\n']);
    expect([report.overlaid, refused.overlaid]).toEqual([true, false]);
    expect(refused.hostPrograms).toBe(report.hostPrograms);
  });

  it('reaches nothing of the host: processes of the same user, sockets, covered files, the kernel', () => {
    const covered = [at('state'), at('engine.sock')];
    expect(report.inside).toMatchObject({
      processes: ['guest', 'init', 'sh'],
      signalled: [],
      reached: [],
      contents: { [at('state')]: '', [at('engine.sock')]: '' },
      stillCovered: covered,
      ways: [],
      written: ['/dev/null'],
      ptys: ['ptmx'],
      inherited: [],
    });
    expect(sleeper.exitCode).toBeNull();
  });

  it('has none of the keys that the kernel keeps for the session of its maker', () => {
    expect(report.keys).toEqual({ outside: 'found', inside: 'none' });
  });

  it('is seen to be killed, starts again, and leaves nothing when it is removed', async () => {
    expect(report).toMatchObject({ exitCode: 137, restarted: true, reopened: 'open again\n', left: [] });
    expect(await readdir(at('state/sandboxes'))).toEqual([]);
  });
});

/** A command that runs another one in a session with a key of the name `dual-test`. */
function withKey(): string[] {
  const keyctl = KEYCTL[process.arch] ?? -1;
  // The one before it is add_key(2), on every architecture. 1 joins a session of its own, -3 is that one.
  const script = `syscall(${keyctl}, 1, 0) >= 0 or die $!;
    my ($type, $name, $secret) = ("user", "dual-test", "secret");
    syscall(${keyctl - 2}, $type, $name, $secret, 6, -3) >= 0 or die $!;
    exec @ARGV`;
  return ['perl', '-e', script];
}

/** A copy that the user can reach, wherever the tests are. */
async function provideGuest(target: string): Promise<void> {
  const runtime = await testGuestRuntime();
  await mkdir(target);
  for (const name of await readdir(runtime)) {
    const [from, to] = [path.join(runtime, name), path.join(target, name)];
    await link(from, to).catch(() => copyFile(from, to));
  }
}

async function bundle(outfile: string): Promise<void> {
  await build({
    entryPoints: [path.join(import.meta.dirname, 'sandbox-user-script.ts')],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
    logLevel: 'silent',
  });
  await chmod(outfile, 0o755);
}
