/** The session holder's process: `--socket PATH --logs DIRECTORY`. */
import { parseArgs } from 'node:util';
import { packageVersion } from '../../../../config/package-root.ts';
import { runHolder } from './run.ts';

const { values } = parseArgs({ options: { socket: { type: 'string' }, logs: { type: 'string' } } });
const { socket, logs } = values;
if (!socket || !logs) throw new Error('--socket and --logs are needed');

// So that `pkill node` does not end every session.
process.title = 'dual-sessions';
// Whatever is made from here on is the user's alone; programs get what this process was given.
const umask = process.umask(0o077);

const say = (message: string): void => void process.stdout.write(`${new Date().toISOString()} ${message}\n`);
process.stdout.on('error', () => undefined);
// All programs in all panes end with this process: one broken connection must not be enough for that.
process.on('uncaughtException', (error) => say(`unexpected error: ${error.stack}`));
const stop = new AbortController();
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => stop.abort());
process.on('SIGHUP', () => undefined);

try {
  await runHolder({ socket, logs, version: packageVersion(), umask, say, signal: stop.signal });
  process.exit(0);
} catch (error) {
  say(`cannot go on: ${(error as Error).stack}`);
  process.exit(1);
}
