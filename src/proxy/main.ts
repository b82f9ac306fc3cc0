/** The proxy's process: `--socket PATH --listen ADDRESS[,ADDRESS] --ca DIRECTORY --version VERSION`. */
import { isIP } from 'node:net';
import { parseArgs } from 'node:util';
import { systemClock } from '../clock/clock.ts';
import { createLog } from '../log/log.ts';
import { PROCESS_NAME } from './bind.ts';
import { runProxy } from './run.ts';

const { values } = parseArgs({
  options: {
    socket: { type: 'string' },
    listen: { type: 'string' },
    ca: { type: 'string' },
    version: { type: 'string' },
  },
});
const { socket, listen: addresses, ca, version } = values;
if (!socket || !addresses || !ca || !version) throw new Error('--socket, --listen, --ca and --version are needed');
const listen = addresses.split(',');
const bad = listen.find((address) => isIP(address) === 0);
if (bad !== undefined) throw new Error(`--listen: "${bad}" is not an IP address`);

// So that `pkill node` on the host does not hit it, and so that another instance of Dual can tell what has a port.
process.title = PROCESS_NAME;
// Everything that is made from here on is the user's alone, the control socket from its first moment.
process.umask(0o177);

const log = createLog('proxy', process.env['DUAL_LOG']);
// Every workspace's pages come through here: one broken connection must not be enough to end them all.
process.on('uncaughtException', (error) => log.error({ err: error }, 'unexpected error'));
const stop = new AbortController();
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => stop.abort());
process.on('SIGHUP', () => log.debug('the terminal has gone; going on'));

try {
  await runProxy({ socket, listen, ca, version, log, clock: systemClock, signal: stop.signal });
  process.exit(0);
} catch (error) {
  log.error({ err: error }, 'the proxy cannot go on');
  process.exit(1);
}
