import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { poll, spawnDetached } from '../../../exec/detached.ts';
import { acquireLock } from '../../../exec/process-lock.ts';
import type { Log } from '../../../log/log.ts';
import type { HolderClient } from './client.ts';

export interface HolderProcess {
  /** Path of its socket. */
  socket: string;
  /** Directory of the panes' output. */
  logs: string;
  /** Program and arguments that start holder/main.ts; what it is to do is added. */
  command: readonly string[];
  /** The user's environment, of which it gets little: programs are given theirs one by one. */
  env: () => Promise<Record<string, string>>;
  log: Log;
}

const START_TIMEOUT = 15_000;
const NEEDED = ['PATH', 'HOME', 'LANG', 'TMPDIR'];
const NODE_OPTIONS = '--no-warnings';

/**
 * Makes sure that somebody holds sessions: takes over the one that does, whatever version of Dual it came with, else starts one.
 * @throws Error that says why there is none
 */
export async function ensureHolder(options: HolderProcess, client: HolderClient): Promise<void> {
  if (await client.isThere()) return;
  await mkdir(path.dirname(options.socket), { recursive: true, mode: 0o700 });
  // Of several that start one at once, one does; to the others it is there then.
  const unlock = await poll(START_TIMEOUT, async () => {
    const lock = acquireLock(`${options.socket}.lock`);
    return lock ?? ((await client.isThere()) ? () => undefined : undefined);
  });
  if (!unlock) throw new Error(`somebody else has been starting the session holder for ${START_TIMEOUT / 1000} s`);
  try {
    if (!(await client.isThere())) await start(options, client);
  } finally {
    unlock();
  }
}

async function start({ socket, logs, command, env, log }: HolderProcess, client: HolderClient): Promise<void> {
  const logFile = path.join(path.dirname(socket), 'sessions.log');
  const all = await env();
  const needed = Object.fromEntries(NEEDED.flatMap((name) => (all[name] === undefined ? [] : [[name, all[name]]])));
  const child = spawnDetached({
    command: [...command, '--socket', socket, '--logs', logs],
    what: 'the session holder',
    logFile,
    env: { ...needed, NODE_OPTIONS },
  });
  const isUp = await poll(START_TIMEOUT, async () => {
    if (await client.isThere()) return true;
    if (child.failure) throw new Error(`${child.failure}; its log is ${logFile}`);
    return undefined;
  });
  if (!isUp)
    throw new Error(`the session holder did not start within ${START_TIMEOUT / 1000} s; its log is ${logFile}`);
  log.info({ socket }, 'sessions are held by a process of their own');
}
