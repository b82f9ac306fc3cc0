/** Puts a terminal into a session: `--socket PATH --session NAME`. */
import { constants } from 'node:os';
import { parseArgs } from 'node:util';
import { HolderGone, openConnection, request } from '../connection.ts';
import type { Attached } from '../protocol.ts';
import { showSession } from './attach.ts';
import { takeTerminal } from './own-terminal.ts';

const { values } = parseArgs({ options: { socket: { type: 'string' }, session: { type: 'string' } } });
const { socket = '', session = '' } = values;
const { stdin, stdout } = process;
// So that `pkill node` does not throw anybody out.
process.title = 'dual-attach';

function refuse(message: string): never {
  process.stderr.write(`error: ${message}\n`);
  process.exit(1);
}

if (!stdin.isTTY || !stdout.isTTY) refuse('attaching takes a terminal: standard input and output must be one');
if (process.env['DUAL_SESSION'] === `${socket}:${session}`) refuse(`this terminal is in ${session} already`);

const over = new AbortController();
let exitCode = 1;
const endBy = (signal: NodeJS.Signals): void => {
  exitCode = 128 + constants.signals[signal];
  over.abort();
};
try {
  const connection = await openConnection(socket);
  await request<Attached>(connection, { op: 'attach', session, rows: stdout.rows || 24, cols: stdout.columns || 80 });
  connection.socket.setTimeout(0);
  const terminal = takeTerminal(stdin, stdout);
  process.on('exit', () => terminal.restore());
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGQUIT'] as const) process.on(signal, () => endBy(signal));
  // The terminal has gone.
  for (const stream of [stdin, stdout]) stream.on('error', () => endBy('SIGHUP'));
  stdin.on('end', () => endBy('SIGHUP'));
  const code = await showSession(connection, { session, terminal, signal: over.signal });
  if (!over.signal.aborted) exitCode = code;
} catch (error) {
  refuse(error instanceof HolderGone ? `session ${session} is not there` : (error as Error).message);
}
process.exit(exitCode);
