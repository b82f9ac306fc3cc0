import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createDualFixture, readyStatus, type DualFixture } from '../../../support/dual-fixture.ts';
import { eventually } from '../../../support/eventually.ts';
import { bundleGuest } from '../../../support/guest.ts';
import { killTmuxServer, tmuxAt } from '../../../support/tmux.ts';

let fixture: DualFixture;
let bundle: Awaited<ReturnType<typeof bundleGuest>>;
let socket: string;

beforeAll(async () => {
  bundle = await bundleGuest();
  fixture = await createDualFixture();
  const clone = path.join(fixture.home, 'clone');
  mkdirSync(clone);
  await fixture.guest(bundle.directory, await fixture.workspace('shop-main', { status: readyStatus(clone) }));
  const words = fixture.command.map((word) => `'${word}'`).join(' ');
  writeFileSync(path.join(fixture.home, 'dual'), `#!/bin/sh\nexec ${words} "$@"\n`, { mode: 0o755 });
});
afterAll(async () => {
  await fixture.close();
  bundle.remove();
});

/** A terminal of 90x20 with a plain shell in it, in which `dual` can be typed. */
let terminals = 0;
beforeEach(async () => {
  terminals += 1;
  socket = path.join(fixture.home, `t${terminals}`);
  const shell = [
    'env',
    '-i',
    `PATH=${fixture.home}:${fixture.env['PATH']}`,
    `DUAL_HOME=${fixture.home}`,
    'TERM=screen',
    'PS1=host> ',
    'sh',
  ];
  await tmuxAt(socket, '-f', '/dev/null', 'new-session', '-d', '-x', '90', '-y', '20', '-c', fixture.home, ...shell);
  await shows(/host>$/);
});
afterEach(() => killTmuxServer(socket));

const type = (...keys: string[]): Promise<string> => tmuxAt(socket, 'send-keys', ...keys);
const screen = (): Promise<string> => tmuxAt(socket, 'capture-pane', '-p', '-J');
async function shows(expected: RegExp): Promise<void> {
  await eventually(async () => expect((await screen()).trimEnd()).toMatch(expected), { timeout: 15_000 });
}

/** Types it, and waits for the prompt of the shell inside. */
async function enter(command = 'dual run -w shop-main -e PS1=inside: -- sh'): Promise<void> {
  await type(command, 'Enter');
  await shows(/^inside:$/m);
}

describe('dual run in a terminal', () => {
  it('gives the command a terminal of the same size and kind, and follows changes', async () => {
    await enter();
    await type('test -t 0 && test -t 1 && test -t 2 && stty size && echo $TERM', 'Enter');
    await shows(/^20 90\nscreen$/m);
    await tmuxAt(socket, 'resize-window', '-x', '70', '-y', '25');
    await eventually(async () => {
      await type('clear; stty size', 'Enter');
      await shows(/^25 70$/m);
    });
  });

  it('hands ^C to the command and goes on', async () => {
    await enter();
    // In front of the terminal by the time it says so: what is typed earlier would be the shell's.
    await type('sh -c "echo began; exec sleep 60"', 'Enter');
    await shows(/^began$/m);
    await type('C-c');
    await type('echo code=$?', 'Enter');
    await shows(/^code=130$/m);
  });

  it('hands over ^D, and ends as the command does', async () => {
    await enter();
    await type('C-d');
    await shows(/host>$/);
    await type('dual run -w shop-main -- sh -c "exit 42"; echo code=$?', 'Enter');
    await shows(/^code=42$/m);
  });

  it.each([
    ['at the end', 'exit 3'],
    ['when the command is killed', 'kill -KILL $$'],
    ['when dual is told to end', 'kill -TERM $(cat pid)'],
  ])('leaves the terminal as it was %s', async (_when, script) => {
    await type('stty -a > before && echo saved', 'Enter');
    await shows(/^saved$/m);
    const pid = path.join(fixture.home, 'pid');
    await type(`sh -c 'echo $$ > ${pid}; exec dual run -w shop-main -e PS1=inside: -- sh'`, 'Enter');
    await shows(/^inside:$/m);
    await type(script.replace('$(cat pid)', readFileSync(pid, 'utf8').trim()), 'Enter');
    if (script.startsWith('kill -TERM')) await type('exit', 'Enter');
    await shows(/host>$/);
    await type('stty -a > after && echo wrote', 'Enter');
    await shows(/^wrote$/m);
    const state = (file: string): string => readFileSync(path.join(fixture.home, file), 'utf8');
    expect(state('after')).toBe(state('before'));
  });

  it('uses pipes when its output goes elsewhere', async () => {
    await type('dual run -w shop-main -- sh -c "test -t 1 || echo piped" | cat', 'Enter');
    await shows(/^piped$/m);
  });
});

describe('dual shell', () => {
  it('opens a shell in the clone', async () => {
    await type('clear; dual shell shop-main', 'Enter');
    await eventually(async () => {
      await type('echo in=$PWD', 'Enter');
      await shows(new RegExp(`^in=${fixture.home}/clone$`, 'm'));
    });
  });
});
