import { spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { spawn } from '@lydell/node-pty';
import type { IPty } from '@lydell/node-pty';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { PaneSpec, SessionDriver } from '../../src/drivers/session/driver.ts';
import { basicDriver, bundleSessions, endHolder, holderOf } from '../support/basic-sessions.ts';
import type { Programs } from '../support/basic-sessions.ts';
import { eventually } from '../support/eventually.ts';

const SIZE = { cols: 100, rows: 30 };
const PREFIX = '\u0002';

interface Person {
  terminal: IPty;
  /** All that has been shown. */
  all(): string;
  /** Waits until that is shown, and forgets what was shown before it. */
  sees(expected: string | RegExp): Promise<void>;
  /** Resolves with how the program that attaches has ended. */
  ended: Promise<{ exitCode: number; signal?: number }>;
}

let programs: Programs;
beforeAll(async () => {
  programs = await bundleSessions();
});
afterAll(() => programs.remove());

describe('a terminal in a session without tmux', () => {
  let dir: string;
  let env: Record<string, string>;
  let driver: SessionDriver;
  let terminals: IPty[];

  beforeEach(async () => {
    dir = await mkdtemp(path.join(os.tmpdir(), 'dual-'));
    env = { PATH: process.env['PATH'] ?? '/usr/bin:/bin', HOME: dir, SHELL: '/bin/sh', LANG: 'C.UTF-8', PS1: '> ' };
    driver = basicDriver(programs, { dir, install: 'test', env });
    terminals = [];
  });
  afterEach(async () => {
    terminals.forEach((terminal) => terminal.kill());
    await endHolder(dir);
    await rm(dir, { recursive: true, force: true, maxRetries: 5 });
  });

  const shell = (name: string, script: string): PaneSpec => ({
    name,
    command: ['sh', '-c', script],
    target: '',
    specHash: '',
  });
  const create = (...panes: PaneSpec[]): Promise<void> =>
    driver.createSession({
      name: 'app',
      owner: { uid: 'u', workspace: 'app', project: 'p' },
      cwd: dir,
      env: {},
      panes,
      specHash: '',
    });
  const attached = async (): Promise<number | undefined> => (await driver.getSession('app'))?.attached;
  const shows = (pane: string, text: string): Promise<void> =>
    eventually(async () => expect(await driver.capture('app', pane, 50)).toContain(text));

  /** @param more variables of the terminal that attaches */
  function attach(size = SIZE, more: Record<string, string> = {}): Person {
    const { file, args, env: own } = driver.attach('app');
    return watch(spawn(file, args, { ...size, env: { ...env, TERM: 'xterm', ...more, ...own } }));
  }
  function watch(terminal: IPty): Person {
    terminals.push(terminal);
    let [all, text] = ['', ''];
    terminal.onData((data) => {
      all += data;
      text += data;
    });
    return {
      terminal,
      all: () => all,
      sees: (expected) =>
        eventually(() => {
          const found = typeof expected === 'string' ? text.indexOf(expected) : text.search(expected);
          expect(found, `in what was shown: ${JSON.stringify(text)}`).not.toBe(-1);
          text = text.slice(found);
        }),
      ended: new Promise((resolve) => terminal.onExit(resolve)),
    };
  }

  it('shows what was on the screen and what comes, and types', async () => {
    await create(shell('dev', 'echo before; while read -r line; do echo "got $line"; done'));
    await shows('dev', 'before');
    const { terminal, sees } = attach();
    await sees('C-b d leaves');
    await sees('before');
    terminal.write('hällo\r');
    await sees('got hällo');
    await shows('dev', 'got hällo');
    terminal.write('\u0003');
    await eventually(async () =>
      expect((await driver.getSession('app'))?.panes).toMatchObject([{ running: false, exitCode: 130 }]),
    );
  });

  it('begins with the last screenful, without what would have an effect again', async () => {
    await create(
      shell(
        'dev',
        'seq 1000 1100; printf "\\033]0;title\\007\\033[6n\\033[c"; printf "\\033[32mgreen\\033[0m"; sleep 1000',
      ),
    );
    await shows('dev', 'green');
    const { sees, all } = attach({ cols: 80, rows: 10 });
    await sees('\u001b[32mgreen\u001b[0m');
    expect(all()).not.toMatch(/title|\u001b\[6n|\u001b\[c/);
    const again = attach({ cols: 80, rows: 10 });
    await again.sees('1100');
    expect(again.all()).not.toContain('1090');
  });

  it('passes on what is shown and typed as it is', async () => {
    const script = 'stty raw -echo; printf "one\\ntwo\\r\\nthree"; head -c 6 | od -An -tx1 | tr -d "\\n"; sleep 1000';
    await create(shell('dev', `read -r line; ${script}`));
    const { terminal, sees } = attach();
    await sees('dev');
    terminal.write('\r');
    await sees('one\ntwo\r\nthree');
    terminal.write('\u0003\u001a\r\n\u0000\u007f');
    await sees('03 1a 0d 0a 00 7f');
  });

  it('gives the pane its size, and every new one', async () => {
    const report = 'trap "stty size" WINCH; stty size; while :; do sleep 0.05; done';
    await create(shell('dev', report));
    await shows('dev', '24 80');
    const { terminal, sees } = attach();
    await sees('30 100');
    terminal.resize(61, 17);
    await sees('17 61');
    const second = attach({ cols: 70, rows: 20 });
    await second.sees('20 70');
    // The one that does something has the size that counts.
    terminal.write('x');
    await sees('17 61');
  });

  it('leaves by C-b d, and everything goes on', async () => {
    await create(shell('dev', 'while sleep 0.05; do echo tick; done'));
    const changes: (string | undefined)[] = [];
    const stop = new AbortController();
    driver.watch((name) => changes.push(name), stop.signal);
    const { terminal, sees, ended } = attach();
    await sees('tick');
    expect(await attached()).toBe(1);
    changes.length = 0;
    terminal.write(`${PREFIX}d`);
    await sees('[detached from app]');
    expect(await ended).toMatchObject({ exitCode: 0 });
    await eventually(async () => expect(await attached()).toBe(0));
    await eventually(() => expect(changes).toContain('app'));
    stop.abort();
    expect(await driver.isAlive('app')).toBe(true);
  });

  it('goes from pane to pane', async () => {
    const cat = (name: string): PaneSpec =>
      shell(name, `stty -echo; echo "in ${name}"; while read -r line; do echo "${name} got $line"; done`);
    await create(cat('one'), cat('two'), cat('three'));
    for (const name of ['one', 'two', 'three']) await shows(name, `in ${name}`);
    const { terminal, sees } = attach();
    await sees('in one');
    for (const [keys, name] of [
      ['n', 'two'],
      ['n', 'three'],
      ['n', 'one'],
      ['p', 'three'],
      ['1', 'two'],
      ['9', 'two'],
    ]) {
      terminal.write(`${PREFIX}${keys}`);
      terminal.write('hello\r');
      await sees(`${name} got hello`);
    }
    // The next one to come begins where this one was.
    const next = attach();
    await next.sees('in two');
  });

  it('shows the keys, and the pane again', async () => {
    await create(shell('dev', 'stty -echo; echo here; read -r line; echo "got $line"; sleep 1000'));
    const { terminal, sees } = attach();
    await sees('here');
    terminal.write(`${PREFIX}?`);
    await sees('next pane');
    terminal.write('q');
    await sees('here');
    terminal.write(`x${PREFIX}${PREFIX}y\r`);
    await sees('got x\u0002y');
  });

  it('takes several at once', async () => {
    await create(shell('dev', 'while read -r line; do echo "got $line"; done'));
    const [one, two] = [attach(), attach()];
    await eventually(async () => expect(await attached()).toBe(2));
    one.terminal.write('a\r');
    await two.sees('got a');
    two.terminal.write('b\r');
    await one.sees('got b');
    await driver.detach('app');
    expect(await one.ended).toMatchObject({ exitCode: 0 });
    expect(await two.ended).toMatchObject({ exitCode: 0 });
    await eventually(async () => expect(await attached()).toBe(0));
  });

  it('asks a terminal for what a program has asked for, and takes it back', async () => {
    await create(
      shell('dev', 'echo shell; sleep 1000'),
      shell(
        'editor',
        'printf "\\033[?1049h\\033[?2004h\\033[?25l"; trap "stty size" WINCH; while :; do sleep 0.05; done',
      ),
    );
    await shows('dev', 'shell');
    const { terminal, sees } = attach();
    await sees('shell');
    terminal.write(`${PREFIX}n`);
    await sees('\u001b[?1049h\u001b[?2004h\u001b[?25l');
    await sees('30 100');
    terminal.write(`${PREFIX}n`);
    await sees('\u001b[?2004l\u001b[?25h\u001b[?1049l');
    await sees('shell');
    // Of the size that it had: it draws all the same.
    terminal.write(`${PREFIX}n`);
    await sees('\u001b[?1049h');
    await sees('30 100');
    terminal.write(`${PREFIX}d`);
    await sees('\u001b[?2004l\u001b[?25h\u001b[?1049l');
  });

  it('says so when a pane ends, and ends with the last, as it did', async () => {
    await create(shell('one', 'read -r line; exit 3'), shell('two', 'echo second; read -r line; exit 4'));
    const { terminal, sees, ended } = attach();
    await sees('one');
    terminal.write('\r');
    await sees('one has ended with 3');
    terminal.write(`${PREFIX}n`);
    await sees('second');
    terminal.write('\r');
    await sees('two has ended with 4');
    await sees('nothing runs in app any more');
    expect(await ended).toMatchObject({ exitCode: 4 });
  });

  it('goes on when its pane is started again', async () => {
    await create(shell('dev', 'sleep 1000'));
    const { sees } = attach();
    await sees('dev');
    await driver.restartPane('app', shell('dev', 'echo anew; sleep 1000'));
    await sees('started again');
    await sees('anew');
    expect(await attached()).toBe(1);
  });

  it('says so when the session ends, or what holds it', async () => {
    await create(shell('dev', 'sleep 1000'));
    await driver.createSession({
      name: 'other',
      owner: { uid: 'u', workspace: 'other', project: 'p' },
      cwd: dir,
      env: {},
      panes: [],
      specHash: '',
    });
    const first = attach();
    await first.sees('dev');
    await driver.destroy('app');
    await first.sees('[app has ended]');
    expect(await first.ended).toMatchObject({ exitCode: 0 });
    await create(shell('dev', 'sleep 1000'));
    const second = attach();
    await second.sees('dev');
    process.kill((await holderOf(dir)) ?? 0, 'SIGKILL');
    await second.sees('is gone');
    expect(await second.ended).toMatchObject({ exitCode: 1 });
  });

  it.each(['SIGTERM', 'SIGHUP', 'SIGINT'] as const)('gives the terminal back on %s', async (signal) => {
    await create(shell('dev', 'printf "\\033[?1049h\\033[?1000h"; sleep 1000'));
    const { file, args } = driver.attach('app');
    const script =
      'before=$(stty -g); "$@"; code=$?; [ "$before" = "$(stty -g)" ] && echo "code $code, as before"; sleep 1000';
    const { terminal, sees } = watch(spawn('bash', ['-c', script, 'bash', file, ...args], { ...SIZE, env }));
    await sees('\u001b[?1000h');
    const children = await readFile(`/proc/${terminal.pid}/task/${terminal.pid}/children`, 'utf8');
    process.kill(Number(children.trim()), signal);
    await sees('\u001b[?1000l\u001b[?1049l');
    await sees(`code ${128 + os.constants.signals[signal]}, as before`);
    await eventually(async () => expect(await attached()).toBe(0));
  });

  it('does not hold up the pane when nobody reads it', async () => {
    await create(shell('dev', 'read -r line; seq 1 1000000; echo done; sleep 1000'));
    const { terminal, sees } = attach();
    await sees('dev');
    terminal.pause();
    terminal.write('\r');
    await shows('dev', 'done');
    terminal.resume();
    // What was left out is not shown; the end is.
    await sees('done');
  });

  it('takes a terminal, a session, and not the one that it is in', async () => {
    await create(shell('dev', 'sleep 1000'));
    const { file, args } = driver.attach('app');
    const piped = spawnSync(file, args, { env, input: '', encoding: 'utf8' });
    expect(piped).toMatchObject({ status: 1, stderr: expect.stringContaining('must be one') });
    const unknown = driver.attach('nosuch');
    const nobody = watch(spawn(unknown.file, unknown.args, { ...SIZE, env }));
    await nobody.sees('session nosuch is not there');
    expect(await nobody.ended).toMatchObject({ exitCode: 1 });
    await driver.addPane('app', { name: 'shell', command: [], target: '', specHash: '' });
    const { terminal, sees } = attach();
    await sees('dev');
    terminal.write(`${PREFIX}n`);
    await sees('shell');
    terminal.write(`${[file, ...args].join(' ')}\r`);
    await sees('is in app already');
  });
});
