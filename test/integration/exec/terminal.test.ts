import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, expect, it } from 'vitest';
import { endSession } from '../../../src/exec/process-session.ts';
import { startOnTerminal } from '../../../src/exec/terminal-process.ts';
import type { TerminalProcess } from '../../../src/exec/terminal-process.ts';
import { eventually } from '../../support/eventually.ts';

const started: TerminalProcess[] = [];
afterEach(async () => {
  for (const { pid } of started.splice(0)) await endSession(pid, 500);
});

function start(script: string): { terminal: TerminalProcess; shown: () => string } {
  const terminal = startOnTerminal({
    argv: ['/bin/sh', '-c', script],
    cwd: '/',
    env: { PATH: process.env['PATH'] ?? '' },
    umask: 0o022,
    size: { rows: 24, cols: 80 },
  });
  started.push(terminal);
  let text = '';
  terminal.output.on('data', (chunk: Buffer) => (text += chunk.toString('latin1')));
  return { terminal, shown: () => text };
}

it('waits with what is typed until the program reads it, and lets everything else go on', async () => {
  const { terminal, shown } = start('stty raw -echo; echo ready; read -r go; head -c 1000000 | wc -c; exit 4');
  await eventually(() => expect(shown()).toContain('ready'));
  terminal.input.write(`${'x'.repeat(200_000)}`);
  // Reached only when nothing goes round in circles.
  await pause(50);
  expect(terminal.input.writableLength).toBeGreaterThan(0);
  expect(await Promise.race([terminal.ended, pause(50, 'still there')])).toBe('still there');
  terminal.input.write(`\n${'y'.repeat(1_000_000)}`);
  await eventually(() => expect(shown()).toContain('1000000'));
  expect(await terminal.ended).toEqual({ code: 4 });
});

it('forgets what is typed when there is nobody any more', async () => {
  const { terminal } = start('stty raw -echo; exec sleep 1000');
  terminal.input.write(Buffer.alloc(300_000));
  process.kill(terminal.pid, 'SIGKILL');
  expect(await terminal.ended).toEqual({ signal: 'SIGKILL' });
  await eventually(() => expect(terminal.input.destroyed).toBe(true));
});
