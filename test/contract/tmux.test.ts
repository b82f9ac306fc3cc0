import path from 'node:path';
import { createTmuxDriver } from '../../src/drivers/session/tmux/tmux.ts';
import { silentLog } from '../../src/log/log.ts';
import { killTmuxServer } from '../support/tmux.ts';
import { describeSessionDriver } from './session-driver.contract.ts';

const socketIn = (dir: string): string => path.join(dir, 's', 'tmux.sock');

describeSessionDriver('tmux', {
  create: ({ dir, install, env }) =>
    createTmuxDriver({ socket: socketIn(dir), install, env: () => Promise.resolve(env), log: silentLog }),
  clean: (dir) => killTmuxServer(socketIn(dir)),
});
