import { spawnSync } from 'node:child_process';
import { access, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { spawn } from '@lydell/node-pty';
import type { IPty } from '@lydell/node-pty';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { PaneSpec, SessionDriver } from '../../src/drivers/session/driver.ts';
import { basicDriver, bundleSessions, endHolder, holderOf } from '../support/basic-sessions.ts';
import type { Programs } from '../support/basic-sessions.ts';
import { eventually } from '../support/eventually.ts';
import { personAt } from '../support/person.ts';
import type { Person } from '../support/person.ts';

const SIZE = { cols: 100, rows: 30 };
const PREFIX = '\u0002';

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
    return personAt(terminal);
  }

  it('shows what was on the screen and what comes, and types', async () => {
    await create(shell('dev', 'echo before; while read -r line; do echo "got $line"; done'));
    await shows('dev', 'before');
    const { terminal, sees } = attach();
    await sees('[app  0:dev* · C-b d detaches, C-b ? keys]');
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
    await driver.addPane('app', shell('other', 'sleep 1000'));
    const { terminal, sees } = attach();
    await sees('[app  0:dev* 1:other · C-b d detaches, C-b ? keys]');
    await sees('here');
    terminal.write(`${PREFIX}?`);
    await sees('next pane');
    await sees(/0:dev\*\s+1:other\s/);
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

  it('says so when a pane ends, and stays when nothing runs any more', async () => {
    await create(shell('one', 'read -r line; exit 255'), shell('two', 'echo second; read -r line; kill -9 $$'));
    const { terminal, sees, ended } = attach();
    await sees('0:one*');
    terminal.write('\r');
    await sees('[one has ended (exit code 255)]');
    terminal.write(`${PREFIX}n`);
    await sees('second');
    terminal.write('\r');
    await sees('[two was ended by SIGKILL]');
    await sees('[nothing runs in app now · C-b d detaches]');
    await driver.restartPane('app', shell('two', 'echo anew; sleep 1000'));
    await sees('anew');
    expect(await attached()).toBe(1);
    terminal.write(`${PREFIX}d`);
    expect(await ended).toMatchObject({ exitCode: 0 });
  });

  it('shows nothing of a program with a screen of its own that has ended, killed or not', async () => {
    await create(
      shell('vim', 'echo before; printf "\\033[?1049hdrawn\\r\\n\\033[?1049l"; echo after; sleep 1000'),
      shell('top', 'echo first; printf "\\033[?1049hdrawn\\r\\n"; kill -9 $$'),
    );
    await shows('vim', 'after');
    await eventually(async () => expect((await driver.getSession('app'))?.panes[1]).toMatchObject({ exitCode: 137 }));
    await driver.restartPane('app', shell('top', 'echo again; sleep 1000'));
    await shows('top', 'again');
    const { terminal, sees, all } = attach();
    await sees('before');
    await sees('after');
    terminal.write(`${PREFIX}n`);
    await sees('first');
    await sees('again');
    expect(all()).not.toContain('drawn');
    expect(await driver.capture('app', 'vim', 50)).toBe('before\nafter');
    expect(await driver.capture('app', 'top', 50)).toBe('first\nagain');
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
    await first.sees('[app has ended; dual attach app enters the new one]');
    expect(await first.ended).toMatchObject({ exitCode: 0 });
    await create(shell('dev', 'sleep 1000'));
    const second = attach();
    await second.sees('dev');
    process.kill((await holderOf(dir)) ?? 0, 'SIGKILL');
    await second.sees('is gone; dual attach again]');
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

  describe('that is slow', () => {
    const script = [
      'printf "\\033[?1049h"; word=first; trap \'printf "$word drawing"\' WINCH',
      'while [ ! -e go ]; do sleep 0.05; done; seq 1 1000000; word=second; echo >done',
      'while :; do sleep 0.05; done',
    ].join('; ');
    const muchIsShown = async (): Promise<void> => {
      await writeFile(path.join(dir, 'go'), '');
      await eventually(() => access(path.join(dir, 'done')));
    };

    it('is drawn again by a program that draws', async () => {
      await create(shell('top', script));
      const { terminal, sees } = attach();
      await sees('first drawing');
      terminal.pause();
      await muchIsShown();
      terminal.resume();
      await sees('second drawing');
    });

    it('keeps the keys that it shows', async () => {
      await create(shell('top', `${script.replace('drawing"', 'drawing"; echo $word >drawn')}`));
      const { terminal, sees, all } = attach();
      await sees('first drawing');
      terminal.write(`${PREFIX}?`);
      await sees('any key to go back');
      process.kill(terminal.pid, 'SIGSTOP');
      await muchIsShown();
      process.kill(terminal.pid, 'SIGCONT');
      await eventually(async () => expect(await readFile(path.join(dir, 'drawn'), 'utf8')).toBe('second\n'));
      // Comes after all that has been waiting, and is told on top of the keys.
      await driver.restartPane('app', shell('top', 'echo anew; sleep 1000'));
      await sees('started again');
      expect(all().split('any key to go back').at(-1)).not.toContain('C-b d detaches');
      terminal.write('q');
      await sees('anew');
    });
  });

  it('goes to another pane while a program takes nothing of what is typed', async () => {
    await create(shell('dev', 'stty raw -echo; echo deaf; sleep 1000'), shell('other', 'echo second; sleep 1000'));
    await shows('dev', 'deaf');
    const { terminal, sees } = attach();
    await sees('deaf');
    terminal.write('x'.repeat(3_000_000));
    terminal.write(`${PREFIX}n`);
    await sees('second');
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
