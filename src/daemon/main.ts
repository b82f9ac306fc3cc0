import { chmodSync, mkdirSync } from 'node:fs';
import { resolvePaths } from '../config/paths.ts';
import { createLog } from '../log/log.ts';
import { startDaemon } from './daemon.ts';
import { acquireLock } from '../exec/process-lock.ts';
import { withoutShims } from '../exec/without-shims.ts';

// Started from a pane of a Workspace, it would hand on to all others what that one has.
const env = withoutShims(process.env);
for (const name of Object.keys(process.env)) if (env[name] === undefined) delete process.env[name];
Object.assign(process.env, env);
const log = createLog('daemon', env['DUAL_LOG'] || 'info');
const paths = resolvePaths(env);

// Sockets, store and logs are the user's alone.
mkdirSync(paths.state, { recursive: true, mode: 0o700 });
chmodSync(paths.state, 0o700);

const release = acquireLock(paths.daemonLock);
if (!release) {
  log.info('another daemon runs already');
  process.exit(0);
}

try {
  const daemon = await startDaemon(paths, { env, log });
  const stop = (signal: NodeJS.Signals): void => {
    log.info({ signal }, 'stopping');
    void daemon.close().then(() => {
      release();
      process.exit(0);
    });
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, stop);
} catch (error) {
  log.error({ err: error }, 'the daemon cannot start');
  process.exit(1);
}

process.on('unhandledRejection', (error) => log.error({ err: error }, 'unhandled rejection'));
