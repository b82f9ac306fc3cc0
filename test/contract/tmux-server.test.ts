import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { spawn } from '@lydell/node-pty';
import type { IPty } from '@lydell/node-pty';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { PaneSpec, SessionDriver, SessionSpec } from '../../src/drivers/session/driver.ts';
import { createTmuxDriver } from '../../src/drivers/session/tmux/tmux.ts';
import { silentLog } from '../../src/log/log.ts';
import { eventually } from '../support/eventually.ts';
import { isRunning } from '../support/processes.ts';
import { killTmuxServer, tmuxAt } from '../support/tmux.ts';

describe('tmux server', () => {
  let dir: string;
  let socket: string;
  let env: Record<string, string>;
  let driver: SessionDriver;
  let stop: AbortController;
  let terminals: IPty[];

  beforeEach(async () => {
    dir = await mkdtemp(path.join(os.tmpdir(), 'dual-'));
    socket = path.join(dir, 's', 'tmux.sock');
    env = { PATH: process.env['PATH'] ?? '/usr/bin:/bin', HOME: dir, SHELL: '/bin/sh', LANG: 'C.UTF-8' };
    driver = createTmuxDriver({ socket, install: 'test', env: () => Promise.resolve(env), log: silentLog });
    stop = new AbortController();
    terminals = [];
  });
  afterEach(async () => {
    stop.abort();
    terminals.forEach((terminal) => terminal.kill());
    for (const { name } of await driver.listSessions()) await driver.destroy(name);
    await killTmuxServer(socket);
    await rm(dir, { recursive: true, force: true, maxRetries: 5 });
  });

  const pane = (name: string, ...command: string[]): PaneSpec => ({ name, command, target: '', specHash: '' });
  const create = (over: Partial<SessionSpec> = {}): Promise<void> =>
    driver.createSession({
      name: 'app',
      owner: { uid: 'u', workspace: 'app', project: 'p' },
      cwd: dir,
      env: {},
      panes: [pane('dev', 'sleep', '1000')],
      specHash: '',
      ...over,
    });
  const attach = (size: { cols: number; rows: number }, outer: Record<string, string> = {}): IPty => {
    const command = driver.attach('app');
    const terminal = spawn(command.file, command.args, {
      ...size,
      env: { ...env, TERM: 'xterm', ...outer, ...command.env },
    });
    terminals.push(terminal);
    return terminal;
  };
  const attached = async (): Promise<number | undefined> => (await driver.getSession('app'))?.attached;

  it('lets nobody else in', async () => {
    await create();
    expect((await stat(socket)).mode & 0o777).toBe(0o600);
    expect((await stat(path.dirname(socket))).mode & 0o777).toBe(0o700);
  });

  it('shows no value of the environment as an argument', async () => {
    await create({ env: { TOKEN: 's3cret' } });
    const pid = await tmuxAt(socket, 'display-message', '-p', '#{pid}');
    expect(await readFile(`/proc/${pid}/cmdline`, 'utf8')).not.toContain('s3cret');
  });

  it('can be attached to and detached from, in a terminal smaller than the layout too, and within a tmux', async () => {
    await create({ panes: ['a', 'b', 'c', 'd', 'e', 'f'].map((name) => pane(name, 'sleep', '1000')) });
    const seen: (string | undefined)[] = [];
    driver.watch((name) => seen.push(name), stop.signal);
    attach({ cols: 20, rows: 5 });
    attach({ cols: 100, rows: 30 }, { TMUX: '/tmp/somebody-elses,1,0' });
    await eventually(async () => expect(await attached()).toBe(2));
    await eventually(() => expect(seen).toContain('app'));
    await driver.addPane('app', pane('g', 'sleep', '1000'));
    expect((await driver.getSession('app'))?.panes.map(({ running }) => running)).toEqual(Array(7).fill(true));
    seen.length = 0;
    await driver.detach('app');
    await eventually(async () => expect(await attached()).toBe(0));
    await eventually(() => expect(seen).toContain('app'));
  });

  it('finds room for one more pane where the terminal has none', async () => {
    await create();
    attach({ cols: 10, rows: 4 });
    await eventually(async () => expect(await attached()).toBe(1));
    const names = ['b', 'c', 'd', 'e', 'f', 'g'];
    for (const name of names) await driver.addPane('app', pane(name, 'sleep', '1000'));
    expect((await driver.getSession('app'))?.panes.map(({ name }) => name)).toEqual(['dev', ...names]);
  });

  it('has the keys that the user is used to, whatever else the config says', async () => {
    const config = [
      'set -g prefix C-a',
      'set -g destroy-unattached on',
      'set -g remain-on-exit off',
      'set -g no-such-option 1',
    ];
    await writeFile(path.join(dir, '.tmux.conf'), `${config.join('\n')}\n`);
    await create({ panes: [pane('dev', 'sh', '-c', 'exit 4')] });
    expect(await tmuxAt(socket, 'show-options', '-gv', 'prefix')).toBe('C-a');
    await eventually(async () =>
      expect((await driver.getSession('app'))?.panes).toMatchObject([{ running: false, exitCode: 4 }]),
    );
  });

  it('is seen to die, and is replaced by the next session', async () => {
    await create();
    const seen: (string | undefined)[] = [];
    driver.watch((name) => seen.push(name), stop.signal);
    await create({ name: 'other' });
    await driver.destroy('other');
    await eventually(() => expect(seen).toContain('other'));
    const pid = Number(await tmuxAt(socket, 'display-message', '-p', '#{pid}'));
    process.kill(pid, 'SIGKILL');
    await eventually(() => expect(seen).toContain(undefined));
    expect(await driver.listSessions()).toEqual([]);
    await create();
    expect(await driver.isAlive('app')).toBe(true);
    seen.length = 0;
    await driver.restartPane('app', pane('dev', 'sh', '-c', 'exit 1'));
    await eventually(() => expect(seen.length).toBeGreaterThan(0));
  });

  it('lets a command handle the keys that interrupt it, and tells how it ended', async () => {
    const waits = (on: string): string[] => ['sh', '-c', `${on}; echo ready; while :; do sleep 0.05; done`];
    await create({ panes: [pane('ends', ...waits(':')), pane('handles', ...waits('trap "exit 5" INT'))] });
    for (const name of ['ends', 'handles']) {
      await eventually(async () => expect(await driver.capture('app', name, 1)).toBe('ready'));
    }
    for (const at of ['top-left', 'bottom-right']) await tmuxAt(socket, 'send-keys', '-t', `=app:.{${at}}`, 'C-c');
    await eventually(async () =>
      expect((await driver.getSession('app'))?.panes).toMatchObject([{ exitCode: 130 }, { exitCode: 5 }]),
    );
  });

  it('reports a pane that somebody closed', async () => {
    await create({ panes: [pane('dev', 'sleep', '1000'), pane('other', 'sleep', '1000')] });
    const seen: (string | undefined)[] = [];
    driver.watch((name) => seen.push(name), stop.signal);
    await tmuxAt(socket, 'kill-pane', '-t', '=app:.{bottom-right}');
    await eventually(() => expect(seen).toContain('app'));
    expect((await driver.getSession('app'))?.panes.map(({ name }) => name)).toEqual(['dev']);
  });

  it('leaves a session of the same name alone that is not its own', async () => {
    await create({ name: 'other' });
    await tmuxAt(socket, 'new-session', '-d', '-s', 'app', 'sleep 1000');
    await expect(create()).rejects.toMatchObject({
      name: 'StalledError',
      message: expect.stringContaining('kill-session'),
    });
    await driver.destroy('app');
    expect(await tmuxAt(socket, 'list-sessions', '-F', '#{session_name}')).toBe('app\nother');
    await tmuxAt(socket, 'kill-session', '-t', '=app');
  });

  it('ends what a person has started in a pane of their own', async () => {
    await create();
    const pid = await tmuxAt(socket, 'split-window', '-t', '=app:', '-P', '-F', '#{pane_pid}', 'sleep 1000');
    await driver.destroy('app');
    expect(await isRunning(Number(pid))).toBe(false);
  });

  it('says what to install where there is no tmux', async () => {
    env = { PATH: dir };
    expect(await driver.probe()).toMatchObject({
      available: false,
      message: expect.stringContaining('apt-get install tmux'),
    });
    env = { PATH: process.env['PATH'] ?? '/usr/bin:/bin' };
  });
});
