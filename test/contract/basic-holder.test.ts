import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, readFile, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { PaneSpec, PaneState, SessionDriver, SessionSpec } from '../../src/drivers/session/driver.ts';
import { basicDriver, bundleSessions, endHolder, holderOf, logsIn, socketIn } from '../support/basic-sessions.ts';
import type { Programs } from '../support/basic-sessions.ts';
import { eventually } from '../support/eventually.ts';
import { isRunning } from '../support/processes.ts';

let programs: Programs;
beforeAll(async () => {
  programs = await bundleSessions();
});
afterAll(() => programs.remove());

describe('the process that holds sessions', () => {
  let dir: string;
  let env: Record<string, string>;
  let driver: SessionDriver;
  let stop: AbortController;

  beforeEach(async () => {
    dir = await mkdtemp(path.join(os.tmpdir(), 'dual-'));
    env = { PATH: process.env['PATH'] ?? '/usr/bin:/bin', HOME: dir, SHELL: '/bin/sh', LANG: 'C.UTF-8' };
    driver = basicDriver(programs, { dir, install: 'test', env });
    stop = new AbortController();
  });
  afterEach(async () => {
    stop.abort();
    await endHolder(dir);
    await rm(dir, { recursive: true, force: true, maxRetries: 5 });
  });

  const pane = (name: string, ...command: string[]): PaneSpec => ({ name, command, target: '', specHash: '' });
  const shell = (script: string, name = 'dev'): PaneSpec => pane(name, 'sh', '-c', script);
  const spec = (over: Partial<SessionSpec> = {}): SessionSpec => ({
    name: 'app',
    owner: { uid: 'u', workspace: 'app', project: 'p' },
    cwd: dir,
    env: {},
    panes: [pane('dev', 'sleep', '1000')],
    specHash: '',
    ...over,
  });
  const create = (over: Partial<SessionSpec> = {}): Promise<void> => driver.createSession(spec(over));
  const stateOf = async (name = 'dev'): Promise<PaneState | undefined> =>
    (await driver.getSession('app'))?.panes.find((one) => one.name === name);
  const mustHolder = async (): Promise<number> => {
    const pid = await holderOf(dir);
    if (pid === undefined) throw new Error('nobody holds sessions');
    return pid;
  };
  const written = (file: string): Promise<string> =>
    eventually(async () => {
      const text = await readFile(path.join(dir, file), 'utf8');
      expect(text).toMatch(/\n$/);
      return text.trim();
    });

  it('lets nobody else in, and writes for nobody else', async () => {
    await create({ panes: [shell('umask >mask; echo shown; sleep 1000')] });
    await eventually(async () => expect(await driver.capture('app', 'dev', 1)).toBe('shown'));
    const modeOf = async (file: string): Promise<number> => (await stat(file)).mode & 0o777;
    expect(await modeOf(socketIn(dir))).toBe(0o600);
    expect(await modeOf(path.dirname(socketIn(dir)))).toBe(0o700);
    expect(await modeOf(logsIn(dir))).toBe(0o700);
    const logs = await readdir(logsIn(dir));
    expect(logs).toEqual(['app.dev.log']);
    expect(await modeOf(path.join(logsIn(dir), 'app.dev.log'))).toBe(0o600);
    expect(Number.parseInt(await written('mask'), 8)).toBe(process.umask());
  });

  it('keeps values of the environment out of arguments, its log and its own environment', async () => {
    env['TOKEN'] = 's3cret-login';
    await create({ env: { OTHER: 's3cret-session' }, panes: [shell('echo "$TOKEN/$OTHER" >seen; sleep 1000')] });
    expect(await written('seen')).toBe('s3cret-login/s3cret-session');
    const pid = await mustHolder();
    for (const file of [`/proc/${pid}/cmdline`, `/proc/${pid}/environ`, path.join(dir, 's/sessions.log')]) {
      expect(await readFile(file, 'utf8')).not.toContain('s3cret');
    }
  });

  it('gives programs nothing that it has open', async () => {
    await create({ panes: [pane('one', 'sleep', '1000'), shell('ls /proc/self/fd | wc -l >fds; sleep 1000', 'two')] });
    // Its three, and the directory that is listed.
    expect(await written('fds')).toBe('4');
  });

  it('outlives the process that has started it, and ends with the last session', async () => {
    const options = { socket: socketIn(dir), logs: logsIn(dir), ...programs, install: 'test', env };
    const starter = fileURLToPath(import.meta.resolve('../support/basic-starter.ts'));
    const args = ['--import', import.meta.resolve('tsx'), starter, JSON.stringify(options), JSON.stringify(spec())];
    const daemon = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    await once(daemon.stdout, 'data');
    const pid = await mustHolder();
    daemon.kill('SIGKILL');
    await once(daemon, 'exit');
    expect(await driver.isAlive('app')).toBe(true);
    await create({ name: 'other' });
    expect(await mustHolder()).toBe(pid);
    await driver.destroy('app');
    expect(await driver.isAlive('other')).toBe(true);
    await driver.destroy('other');
    await eventually(async () => expect(await isRunning(pid)).toBe(false));
    expect(await driver.listSessions()).toEqual([]);
    expect(await readdir(logsIn(dir))).toEqual([]);
    await create();
    expect(await mustHolder()).not.toBe(pid);
  });

  it('is one, however many start it at once', async () => {
    const drivers = Array.from({ length: 5 }, () => basicDriver(programs, { dir, install: 'test', env }));
    await Promise.all(drivers.map((one, index) => one.createSession(spec({ name: `app${index}` }))));
    expect(await driver.listSessions()).toHaveLength(5);
  });

  it('takes all programs along when it is killed, and is replaced by the next session', async () => {
    const stubborn = 'trap "" HUP TERM; echo $$ >stubborn; while :; do sleep 1; done';
    const job = 'set -m; (trap "" HUP TERM; sh -c "echo \\$\\$ >job; sleep 1000") & echo $$ >shell; wait';
    await create({ panes: [shell(stubborn, 'stubborn'), shell(job, 'job')] });
    await create({ name: 'other', panes: [shell('echo $$ >other; sleep 1000')] });
    const pids = await Promise.all(
      ['stubborn', 'shell', 'job', 'other'].map(async (file) => Number(await written(file))),
    );
    expect(await Promise.all(pids.map(isRunning))).toEqual([true, true, true, true]);
    const seen: (string | undefined)[] = [];
    driver.watch((name) => seen.push(name), stop.signal);
    await eventually(() => expect(seen).toEqual([undefined]));
    const pid = await mustHolder();
    process.kill(pid, 'SIGKILL');
    await eventually(() => expect(seen).toEqual([undefined, undefined]));
    expect(await driver.listSessions()).toEqual([]);
    await eventually(async () => expect(await Promise.all(pids.map(isRunning))).toEqual([false, false, false, false]));

    await create({ panes: [shell('while [ ! -e end ]; do sleep 0.05; done')] });
    expect(await mustHolder()).not.toBe(pid);
    expect(await driver.isAlive('app')).toBe(true);
    seen.length = 0;
    await writeFile(path.join(dir, 'end'), '');
    await eventually(() => expect(seen).toContain('app'));
  });

  it('makes its socket again when somebody takes it away, for all that is there and comes', async () => {
    await create();
    const pid = await mustHolder();
    const seen: (string | undefined)[] = [];
    driver.watch((name) => seen.push(name), stop.signal);
    await eventually(() => expect(seen).toEqual([undefined]));
    for (let time = 1; time <= 3; time++) {
      await rm(socketIn(dir));
      await eventually(async () => expect(await mustHolder()).toBe(pid));
      expect((await stat(socketIn(dir))).mode & 0o777).toBe(0o600);
    }
    await create({ name: 'other' });
    expect(await driver.listSessions()).toHaveLength(2);
    // Who was connected has stayed so.
    await driver.destroy('app');
    await eventually(() => expect(seen).toContain('app'));
    expect(seen.slice(1)).not.toContain(undefined);
  });

  it('ends with everything it holds when another socket is in its place, which stays', async () => {
    await create({ panes: [shell('echo $$ >pid; sleep 1000')] });
    const pids = [await mustHolder(), Number(await written('pid'))];
    const other = net.createServer();
    await once(other.listen(path.join(dir, 'other.sock')), 'listening');
    await rename(path.join(dir, 'other.sock'), socketIn(dir));
    await eventually(async () => expect(await Promise.all(pids.map(isRunning))).toEqual([false, false]));
    expect((await stat(socketIn(dir))).isSocket()).toBe(true);
    other.close();
    await rm(socketIn(dir));
  });

  it('ends when there is no place for its socket any more', async () => {
    await create({ panes: [shell('echo $$ >pid; sleep 1000')] });
    const pids = [await mustHolder(), Number(await written('pid'))];
    await rename(path.dirname(socketIn(dir)), path.join(dir, 'away'));
    await rm(path.join(dir, 'away'), { recursive: true, maxRetries: 5 });
    await eventually(async () => expect(await Promise.all(pids.map(isRunning))).toEqual([false, false]));
  });

  it('keeps sessions apart', async () => {
    const script = (word: string): PaneSpec => shell(`while sleep 0.05; do echo ${word}; done`);
    await create({ panes: [script('one')] });
    await create({ name: 'other', panes: [script('two')] });
    for (const [name, own, others] of [
      ['app', 'one', 'two'],
      ['other', 'two', 'one'],
    ] as const) {
      await eventually(async () => expect(await driver.capture(name, 'dev', 100)).toContain(`${own}\n${own}`));
      expect(await driver.capture(name, 'dev', 100)).not.toContain(others);
    }
    await driver.destroy('app');
    expect(await driver.isAlive('other')).toBe(true);
  });

  it('refuses a name that another install has', async () => {
    await create();
    const others = basicDriver(programs, { dir, install: 'other', env });
    await expect(others.createSession(spec())).rejects.toMatchObject({ name: 'StalledError' });
    await others.destroy('app');
    await expect(others.restartPane('app', pane('dev'))).rejects.toThrow('not there');
    expect(await driver.isAlive('app')).toBe(true);
  });

  it('ends what a program has left behind when its pane is started again', async () => {
    await create({
      panes: [
        shell('trap "" HUP; sh -c "echo \\$\\$ >left; exec sleep 1000" & while [ ! -s left ]; do sleep 0.05; done'),
      ],
    });
    await eventually(async () => expect(await stateOf()).toMatchObject({ running: false, exitCode: 0 }));
    const left = Number(await written('left'));
    expect(await isRunning(left)).toBe(true);
    await driver.restartPane('app', pane('dev', 'sleep', '1000'));
    expect(await isRunning(left)).toBe(false);
  });

  it('starts a login shell that is interactive', async () => {
    await writeFile(path.join(dir, '.profile'), 'echo "profile read" >profile; PS1="ready> "\n');
    await create({ panes: [pane('shell')] });
    expect(await written('profile')).toBe('profile read');
    await eventually(async () => expect(await driver.capture('app', 'shell', 1)).toBe('ready>'));
  });

  it('gives programs a terminal of the usual size that says what it is', async () => {
    await create({ panes: [shell('echo "$(stty size) $TERM $(test -t 0 && tty)"; sleep 1000')] });
    await eventually(async () =>
      expect(await driver.capture('app', 'dev', 1)).toMatch(/^24 80 xterm-256color \/dev\/pts\/\d+$/),
    );
  });

  it('shows progress, characters and colours as they would stand in a file', async () => {
    const script = [
      'printf "working 10%%\\rworking 100%%\\r\\n"',
      'printf "\\303"; sleep 0.1; printf "\\274 \\342\\234"; sleep 0.1; printf "\\223\\n"',
      'printf "\\033]0;title\\007\\033[1mbold\\033[0m\\n"',
      'sleep 1000',
    ];
    await create({ panes: [shell(script.join('; '))] });
    await eventually(async () => expect(await driver.capture('app', 'dev', 3)).toBe('working 100%\nü ✓\nbold'));
  });

  it('keeps a pane that prints without end within bounds, and in step', async () => {
    await create({ panes: [pane('dev', 'seq', '1', '999999999')] });
    const slow = driver.follow('app', 'dev', stop.signal)[Symbol.asyncIterator]();
    await slow.next();
    // The reader above reads no more; the log goes round twice all the same.
    await eventually(async () => expect((await readdir(logsIn(dir))).sort()).toContain('app.dev.log.1'), {
      timeout: 60_000,
    });
    await rm(path.join(logsIn(dir), 'app.dev.log.1'));
    await eventually(async () => expect((await readdir(logsIn(dir))).sort()).toContain('app.dev.log.1'), {
      timeout: 60_000,
    });
    for (const file of ['app.dev.log', 'app.dev.log.1']) {
      // For a moment there is none, when one takes the other's place.
      const { size } = await eventually(() => stat(path.join(logsIn(dir), file)));
      expect(size).toBeLessThanOrEqual(1_048_576);
    }
    const rss = /VmRSS:\s+(\d+) kB/.exec(await readFile(`/proc/${await mustHolder()}/status`, 'utf8'))?.[1];
    expect(Number(rss)).toBeLessThan(120_000);
    // The first may be left out in part, and the last is being written.
    const numbers = (await driver.capture('app', 'dev', 20_000)).split('\n').slice(1, -1).map(Number);
    expect(numbers.length).toBeGreaterThan(10_000);
    numbers.forEach((number, index) => index > 0 && expect(number).toBe((numbers[index - 1] ?? 0) + 1));

    // What the slow reader has missed is told, and it goes on where the pane is.
    const isNotice = (text: unknown): boolean => /^\n\[\d+ bytes left out\]\n$/.test(String(text));
    for (let next = await slow.next(); !isNotice(next.value); next = await slow.next()) expect(next.done).toBe(false);
    // In the middle of a line, and then on.
    await slow.next();
    expect(Number((await slow.next()).value)).toBeGreaterThan(numbers[0] ?? 0);
    await slow.return?.();
  });

  it('goes on where its logs cannot be written', async () => {
    await create({ panes: [shell('while sleep 0.05; do echo tick; done')] });
    await eventually(async () => expect(await driver.capture('app', 'dev', 1)).toBe('tick'));
    await rm(logsIn(dir), { recursive: true });
    await writeFile(logsIn(dir), '');
    await create({ name: 'other', panes: [shell('echo shown; sleep 1000')] });
    const seen: string[] = [];
    const following = (async () => {
      for await (const line of driver.follow('app', 'dev', stop.signal)) seen.push(line);
    })();
    await eventually(() => expect(seen.length).toBeGreaterThan(2));
    await eventually(async () =>
      expect(await readFile(path.join(dir, 's/sessions.log'), 'utf8')).toContain('cannot be written'),
    );
    stop.abort();
    await following;
  });

  it('says why it cannot be started, until it can', async () => {
    const program = path.join(dir, 'holder.mjs');
    const broken = basicDriver({ ...programs, command: [process.execPath, program] }, { dir, install: 'test', env });
    await expect(broken.createSession(spec())).rejects.toMatchObject({
      name: 'RetryError',
      message: expect.stringContaining(path.join(dir, 's/sessions.log')),
    });
    await writeFile(program, `await import(${JSON.stringify(programs.command.at(-1))});`);
    await broken.createSession(spec());
    expect(await driver.isAlive('app')).toBe(true);
  });

  it('is not taken for what else answers at its socket, nor for one of another time', async () => {
    await mkdir(path.dirname(socketIn(dir)));
    let hello: unknown = { dual: 'guest' };
    const other = net.createServer((connection) => {
      connection.on('error', () => undefined);
      connection.write(`${JSON.stringify(hello)}\n`);
    });
    await once(other.listen(socketIn(dir)), 'listening');
    await expect(driver.listSessions()).rejects.toThrow("is not Dual's session holder");
    hello = { dual: 'sessions', protocols: [7, 9], version: '9.0.0', pid: 4711 };
    await expect(create()).rejects.toThrow('9.0.0, which this version cannot talk to; end them with: kill 4711');
    other.close();
    await chmod(path.dirname(socketIn(dir)), 0o700);
    await rm(socketIn(dir), { force: true });
  });
});
