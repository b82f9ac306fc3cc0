import { writeFileSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { PaneSpec, PaneState, Session, SessionDriver, SessionSpec } from '../../src/drivers/session/driver.ts';
import { eventually } from '../support/eventually.ts';
import { isRunning } from '../support/processes.ts';

export interface SessionFixture {
  /** A driver with a place of its own in `dir`; a second one with the same `dir` stands for the next daemon. */
  create(options: { dir: string; install: string; env: Record<string, string> }): SessionDriver;
  /** Ends what the drivers of that directory have left behind. */
  clean(dir: string): Promise<void>;
}

/** What every session driver must do. */
export function describeSessionDriver(name: string, fixture: SessionFixture): void {
  describe(`session driver ${name}`, () => {
    let dir: string;
    let cwd: string;
    let env: Record<string, string>;
    let driver: SessionDriver;
    let watching: AbortController;

    beforeEach(async () => {
      dir = await mkdtemp(path.join(os.tmpdir(), 'dual-'));
      cwd = path.join(dir, 'w#(touch pwned)');
      await mkdir(cwd);
      env = {
        PATH: process.env['PATH'] ?? '/usr/bin:/bin',
        HOME: dir,
        SHELL: '/bin/sh',
        LANG: 'C.UTF-8',
        FROM_LOGIN: 'yes',
      };
      driver = fixture.create({ dir, install: 'test', env });
      watching = new AbortController();
    });
    afterEach(async () => {
      watching.abort();
      for (const session of await driver.listSessions()) await driver.destroy(session.name);
      await fixture.clean(dir);
      await rm(dir, { recursive: true, force: true, maxRetries: 5 });
    });

    const pane = (over: Partial<PaneSpec> = {}): PaneSpec => ({
      name: 'dev',
      command: ['sleep', '1000'],
      target: '',
      specHash: 'p1',
      ...over,
    });
    const shell = (script: string, over: Partial<PaneSpec> = {}): PaneSpec =>
      pane({ command: ['sh', '-c', script], ...over });
    const spec = (over: Partial<SessionSpec> = {}): SessionSpec => ({
      name: 'app-feat',
      owner: { uid: 'u-1', workspace: 'app-feat', project: 'app' },
      cwd,
      env: {},
      panes: [pane()],
      specHash: 's1',
      ...over,
    });
    const session = async (of = 'app-feat'): Promise<Session> => {
      const found = await driver.getSession(of);
      if (!found) throw new Error(`no session ${of}`);
      return found;
    };
    const paneOf = async (paneName = 'dev', of = 'app-feat'): Promise<PaneState> => {
      const found = (await session(of)).panes.find((one) => one.name === paneName);
      if (!found) throw new Error(`no pane ${paneName}`);
      return found;
    };
    const written = (file: string): Promise<string> =>
      eventually(async () => {
        const text = await readFile(path.join(dir, file), 'utf8');
        expect(text).toMatch(/\n$/);
        return text.trim();
      });
    const areRunning = (pids: number[]): Promise<boolean[]> => Promise.all(pids.map(isRunning));

    it('is available, and has no sessions before the first', async () => {
      expect(await driver.probe()).toMatchObject({ available: true });
      expect(await driver.listSessions()).toEqual([]);
      expect(await driver.getSession('app-feat')).toBeUndefined();
      expect(await driver.isAlive('app-feat')).toBe(false);
      await driver.destroy('app-feat');
      await driver.detach('app-feat');
    });

    it('makes a session with its labels and panes', async () => {
      await driver.createSession(spec({ panes: [pane(), pane({ name: 'agent', target: 'a|b c', specHash: 'p2' })] }));
      expect(await driver.listSessions()).toMatchObject([
        {
          name: 'app-feat',
          owner: { uid: 'u-1', workspace: 'app-feat', project: 'app' },
          specHash: 's1',
          attached: 0,
          panes: [
            { name: 'dev', running: true, target: '', specHash: 'p1', restarts: 0 },
            { name: 'agent', running: true, target: 'a|b c', specHash: 'p2', restarts: 0 },
          ],
        },
      ]);
      expect(await driver.isAlive('app-feat')).toBe(true);
    });

    it('leaves a session that is there as it is', async () => {
      await driver.createSession(spec());
      await driver.createSession(spec({ specHash: 's2', panes: [pane({ name: 'other' })] }));
      expect(await session()).toMatchObject({ specHash: 's1', panes: [{ name: 'dev' }] });
    });

    it('gives commands their arguments as they are, the directory, and the environment', async () => {
      const strange = ['a b', "it's", '"q"', '$HOME', '`id`', ';', '#{pid}', 'ü✓', '', 'two\nlines', '~', '\\'];
      const script =
        'for one in "$@"; do printf "%s|" "$one"; done >../args; echo >>../args; { pwd; echo "$EXTRA/$FROM_LOGIN/${TMUX_PARENT-}/${PATH%%:*}"; } >../env.tmp; mv ../env.tmp ../env; sleep 1000';
      await driver.createSession(
        spec({
          env: { EXTRA: "a'b $x", PATH: `/first:${env['PATH']}` },
          panes: [pane({ command: ['sh', '-c', script, 'sh', ...strange] })],
        }),
      );
      expect(await written('args')).toBe(strange.map((one) => `${one}|`).join(''));
      expect(await written('env')).toBe(`${cwd}\na'b $x/yes///first`);
      await driver.addPane('app-feat', shell('pwd >../second; sleep 1000', { name: 'second' }));
      expect(await written('second')).toBe(cwd);
    });

    it('starts a shell where there is no command', async () => {
      await driver.createSession(spec({ panes: [pane({ command: [] })] }));
      expect(await paneOf()).toMatchObject({ running: true });
    });

    it('tells how a command ended', async () => {
      const before = Date.now() - 1000;
      await driver.createSession(
        spec({
          panes: [
            shell('exit 0', { name: 'fine' }),
            shell('exit 3', { name: 'failed' }),
            shell('kill -9 $$', { name: 'killed' }),
            pane({ name: 'unknown', command: ['no-such-command'] }),
          ],
        }),
      );
      await eventually(async () => {
        const { panes } = await session();
        expect(panes.map(({ name: one, running, exitCode }) => [one, running, exitCode])).toEqual([
          ['fine', false, 0],
          ['failed', false, 3],
          ['killed', false, 137],
          ['unknown', false, 127],
        ]);
        panes.forEach(({ endedAt = 0 }) => expect(endedAt).toBeGreaterThan(before));
      });
      expect(await driver.isAlive('app-feat')).toBe(false);
    });

    it('starts a pane again, whether it has ended or not, and counts', async () => {
      await driver.createSession(spec({ panes: [shell('exit 1')] }));
      await eventually(async () => expect(await paneOf()).toMatchObject({ running: false }));
      await driver.restartPane('app-feat', shell('echo $$ >../pid; sleep 1000', { target: 'c1', specHash: 'p2' }));
      expect(await paneOf()).toMatchObject({ running: true, target: 'c1', specHash: 'p2', restarts: 1 });
      const pid = Number(await written('pid'));
      await driver.restartPane('app-feat', pane());
      expect(await paneOf()).toMatchObject({ running: true, target: '', specHash: 'p1', restarts: 2 });
      expect(await isRunning(pid)).toBe(false);
    });

    it('adds and takes away panes, and keeps the last', async () => {
      await driver.createSession(spec());
      const names = Array.from({ length: 12 }, (_, index) => `pane${index}`);
      for (const one of names) await driver.addPane('app-feat', pane({ name: one }));
      await driver.addPane('app-feat', pane({ name: 'pane0', specHash: 'other' }));
      expect((await session()).panes.map((one) => one.name)).toEqual(['dev', ...names]);
      for (const one of ['dev', ...names, 'nosuch']) await driver.removePane('app-feat', one);
      expect((await session()).panes.map((one) => one.name)).toEqual(['pane11']);
    });

    it('ends every process, those that hold on included', async () => {
      const stubborn = `trap '' HUP TERM; sh -c 'trap "" HUP TERM; echo $$ >../child; sleep 1000; sleep 1000' & echo $$ >../parent; sleep 1000; sleep 1000`;
      await driver.createSession(
        spec({ panes: [shell(stubborn), shell('setsid sh -c "echo \\$\\$ >../away; sleep 1000"', { name: 'x' })] }),
      );
      const pids = await Promise.all(['child', 'parent', 'away'].map(async (file) => Number(await written(file))));
      expect(await areRunning(pids)).toEqual([true, true, true]);
      await driver.destroy('app-feat');
      expect(await areRunning(pids)).toEqual([false, false, false]);
      expect(await driver.getSession('app-feat')).toBeUndefined();
    });

    it('tells sessions apart whose names resemble each other', async () => {
      const names = ['app', 'app-feat', 'app.feat', 'app:feat', 'app_feat'];
      for (const one of names) await driver.createSession(spec({ name: one }));
      expect((await driver.listSessions()).map((one) => one.name).sort()).toEqual([...names].sort());
      await driver.destroy('app');
      await driver.destroy('app.feat');
      expect((await driver.listSessions()).map((one) => one.name).sort()).toEqual(['app-feat', 'app:feat', 'app_feat']);
    });

    it('goes on when its maker ends, and is found by the next', async () => {
      await driver.createSession(spec());
      const next = fixture.create({ dir, install: 'test', env });
      expect(await next.listSessions()).toMatchObject([{ name: 'app-feat', panes: [{ running: true }] }]);
      expect(await fixture.create({ dir, install: 'other', env }).listSessions()).toEqual([]);
    });

    it('shows what a pane has printed', async () => {
      const script = 'for i in $(seq 300); do echo "line $i"; done; printf "\\033[31mred\\033[0m\\n"; exit 1';
      await driver.createSession(spec({ panes: [shell(script)] }));
      await eventually(async () => expect(await driver.capture('app-feat', 'dev', 3)).toBe('line 299\nline 300\nred'));
      await eventually(async () => expect(await paneOf()).toMatchObject({ running: false }));
      expect(await driver.capture('app-feat', 'dev', 3)).toBe('line 299\nline 300\nred');
      expect((await driver.capture('app-feat', 'dev', 1000)).split('\n')).toHaveLength(301);
      expect(await driver.capture('app-feat', 'dev', 0)).toBe('');
      await expect(driver.capture('app-feat', 'nosuch', 3)).rejects.toThrow('dev');
    });

    it('follows what a pane prints, through restarts, until it is told to stop', async () => {
      await driver.createSession(spec({ panes: [shell('while sleep 0.05; do echo "tick ü"; done')] }));
      const stop = new AbortController();
      const seen: string[] = [];
      const following = (async () => {
        for await (const text of driver.follow('app-feat', 'dev', stop.signal)) seen.push(text);
      })();
      await eventually(() => expect(seen.join('')).toContain('tick ü\ntick ü\n'));
      expect((await session()).attached).toBe(0);
      await driver.restartPane('app-feat', shell('while sleep 0.05; do printf "\\033[1mnew\\033[0m\\n"; done'));
      await eventually(() => expect(seen.join('')).toContain('new\nnew\n'));
      stop.abort();
      await following;
    });

    /** What following gives until it is enough. */
    const followed = async (lines: number, isEnough: (text: string) => boolean): Promise<string> => {
      const stop = new AbortController();
      let text = '';
      for await (const piece of driver.follow('app-feat', 'dev', stop.signal, lines)) {
        text += piece;
        if (isEnough(text)) stop.abort();
      }
      return text;
    };

    it('follows from the lines before without a gap, however fast they come', async () => {
      const script =
        'i=0; while :; do i=$((i+1)); printf "number "; echo $i; [ $((i % 200)) != 0 ] || sleep 0.02; done';
      await driver.createSession(spec({ panes: [shell(script)] }));
      await eventually(async () => expect(await driver.capture('app-feat', 'dev', 1)).toMatch(/number \d{4}/));
      for (let time = 0; time < 5; time++) {
        const text = await followed(300, (so) => so.length > 40_000);
        const numbers = text
          .split('\n')
          .slice(0, -1)
          .map((line) => Number(/^number (\d+)$/.exec(line)?.[1]));
        expect(numbers).toEqual(numbers.map((_, index) => (numbers[0] ?? 0) + index));
      }
    });

    it('follows a line that has begun to its end, and gives as many before it as are wanted', async () => {
      const wait = 'while [ ! -e ../go ]; do sleep 0.05; done';
      await driver.createSession(
        spec({ panes: [shell(`echo one; echo; echo "two ü"; printf "half "; ${wait}; echo whole; exec sleep 1000`)] }),
      );
      await eventually(async () => expect(await driver.capture('app-feat', 'dev', 9)).toBe('one\n\ntwo ü\nhalf'));
      expect(await followed(1, (text) => text !== '')).toMatch(/^two ü\n/);
      const goOn = (text: string): boolean => {
        if (text.includes('two ü')) writeFileSync(path.join(dir, 'go'), '');
        return text.includes('whole');
      };
      expect(await followed(2, goOn)).toBe('\ntwo ü\nhalf whole\n');
      expect(await followed(1000, goOn)).toBe('one\n\ntwo ü\nhalf whole\n');
    });

    it('follows a pane that has ended from what it has shown, into the next command', async () => {
      await driver.createSession(spec({ panes: [shell('echo one; echo two; exit 1')] }));
      await eventually(async () => expect(await paneOf()).toMatchObject({ running: false }));
      let restarted: Promise<void> | undefined;
      const text = await followed(1, (so) => {
        restarted ??= driver.restartPane('app-feat', shell('while sleep 0.05; do echo again; done'));
        return so.includes('again');
      });
      await restarted;
      expect(text).toMatch(/^two\n(again\n)+$/);
    });

    it('reports what happens, and says to which session', async () => {
      await driver.createSession(spec({ name: 'other' }));
      const seen: (string | undefined)[] = [];
      driver.watch((one) => seen.push(one), watching.signal);
      await driver.createSession(spec({ panes: [shell('while [ ! -e ../end ]; do sleep 0.05; done')] }));
      await driver.removePane('app-feat', 'nosuch');
      await driver.restartPane('app-feat', shell('exit 0'));
      await eventually(() => expect(seen).toContain('app-feat'));
      seen.length = 0;
      await driver.destroy('app-feat');
      await eventually(() => expect(seen.some((one) => one === 'app-feat' || one === undefined)).toBe(true));
    });

    it('makes fifteen sessions at once', async () => {
      const panes = [pane(), pane({ name: 'agent' }), pane({ name: 'shell', command: [] })];
      await Promise.all(
        Array.from({ length: 15 }, (_, index) => driver.createSession(spec({ name: `ws-${index}`, panes }))),
      );
      const sessions = await driver.listSessions();
      expect(sessions).toHaveLength(15);
      sessions.forEach((one) => expect(one.panes.map(({ running }) => running)).toEqual([true, true, true]));
      await Promise.all(sessions.map((one) => driver.destroy(one.name)));
      expect(await driver.listSessions()).toEqual([]);
    });

    it('refuses a directory that is not there', async () => {
      const missing = path.join(dir, 'missing');
      await expect(driver.createSession(spec({ cwd: missing }))).rejects.toThrow(missing);
      expect(await driver.listSessions()).toEqual([]);
    });
  });
}
