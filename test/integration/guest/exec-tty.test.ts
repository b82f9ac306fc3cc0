import { PassThrough } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { execInGuest } from '../../../src/guest/exec-client.ts';
import type { ExecResult } from '../../../src/guest/protocol.ts';
import { eventually } from '../../support/eventually.ts';
import { bundleGuest, collector, request, run, startGuest } from '../../support/guest.ts';
import type { TestGuest } from '../../support/guest.ts';

const TTY = { rows: 33, cols: 101, term: 'xterm-256color' };

interface Terminal {
  type(text: string): void;
  shows(expected: RegExp): Promise<void>;
  resize(rows: number, cols: number): void;
  result: Promise<ExecResult>;
}

describe('a command with a terminal', () => {
  let bundle: Awaited<ReturnType<typeof bundleGuest>>;
  let guest: TestGuest;

  beforeAll(async () => {
    bundle = await bundleGuest();
    guest = await startGuest(bundle.directory);
  });
  afterAll(async () => {
    await guest.stop();
    bundle.remove();
  });

  function open(...argv: string[]): Terminal {
    const stdin = new PassThrough();
    const screen = collector();
    let resize: (size: { rows: number; cols: number }) => void = () => undefined;
    const result = execInGuest(guest.endpoint, request(argv, { tty: TTY }), {
      stdin,
      stdout: screen.stream,
      stderr: screen.stream,
      onResize: (listener) => {
        resize = listener;
        return () => undefined;
      },
    });
    return {
      type: (text) => void stdin.write(text),
      shows: (expected) => eventually(() => expect(screen.content().toString()).toMatch(expected)),
      resize: (rows, cols) => resize({ rows, cols }),
      result,
    };
  }

  it('has the size and kind that were asked for, and its exit code', async () => {
    const script = 'stty size; echo $TERM; test -t 0 && test -t 1 && test -t 2 && : >"$(tty)" && exit 5';
    const { stdout, result } = await run(guest, request(['sh', '-c', script], { tty: TTY }));
    expect([stdout.toString(), result]).toEqual(['33 101\r\nxterm-256color\r\n', { code: 5 }]);
  });

  it('follows the size of the caller', async () => {
    const terminal = open('sh');
    terminal.type('stty size\n');
    await terminal.shows(/33 101/);
    terminal.resize(50, 200);
    terminal.type('stty size\n');
    await terminal.shows(/50 200/);
    terminal.resize(0, 0);
    terminal.type('stty size; echo still\n');
    await terminal.shows(/50 200\s+still/);
    terminal.type('exit\n');
    expect(await terminal.result).toEqual({ code: 0 });
  });

  it('is interrupted by ^C and ends with ^D', async () => {
    const terminal = open('sh', '-i');
    terminal.type('sleep 60\n');
    await terminal.shows(/sleep 60/);
    terminal.type('\u0003');
    terminal.type('echo st""ill here\n');
    await terminal.shows(/still here/);
    terminal.type('\u0004');
    expect(await terminal.result).toHaveProperty('code');
  });

  it('takes anything that is typed', async () => {
    const terminal = open('cat');
    terminal.type('grüße 🚀\n');
    await terminal.shows(/grüße 🚀\r\ngrüße 🚀/);
    terminal.type('\u0004');
    expect(await terminal.result).toEqual({ code: 0 });
  });

  it('loses nothing of much output', async () => {
    const { stdout } = await run(guest, request(['sh', '-c', 'stty -opost; seq 200000'], { tty: TTY }));
    expect(stdout.toString().trimEnd().split('\n')).toHaveLength(200_000);
  });

  it('ends by a signal', async () => {
    const { result } = await run(guest, request(['sh', '-c', 'kill -TERM $$'], { tty: TTY }));
    expect(result).toEqual({ signal: 'SIGTERM' });
  });

  it('that cannot be found says so', async () => {
    const { result } = await run(guest, request(['no-such-program'], { tty: TTY }));
    expect(result).toMatchObject({ failed: 'ENOENT' });
  });
});
