import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

export interface DetachedCommand {
  /** Program and arguments. */
  command: readonly string[];
  /** What it is called in messages. */
  what: string;
  /** Where its output goes. */
  logFile: string;
  /** All of its environment; this process's own when left out. */
  env?: Readonly<Record<string, string>>;
}

export interface DetachedProcess {
  /** Why it is not there, once it has failed. Ending well is no failure: it has found another one at work. */
  failure?: string;
}

/** Starts a process in a session of its own, with nothing of ours open, so that it outlives us and no ^C reaches it. */
export function spawnDetached({ command, what, logFile, env }: DetachedCommand): DetachedProcess {
  const [program = process.execPath, ...args] = command;
  const log = openSync(logFile, 'a', 0o600);
  const child = spawn(program, args, {
    detached: true,
    stdio: ['ignore', log, log],
    cwd: '/',
    ...(env === undefined ? {} : { env }),
  });
  closeSync(log);
  child.unref();
  const result: DetachedProcess = {};
  child.on('error', (error) => {
    result.failure = `${what} could not be started: ${error.message}`;
  });
  child.on('exit', (code, signal) => {
    if (code !== 0) result.failure = `${what} has ended (${signal ?? `exit code ${code}`})`;
  });
  return result;
}

const POLL_MS = 25;

/** Asks until there is an answer. @param timeout milliseconds @returns undefined when there is none by then */
export async function poll<T>(timeout: number, check: () => Promise<T | undefined>): Promise<T | undefined> {
  const deadline = performance.now() + timeout;
  for (;;) {
    const result = await check();
    if (result !== undefined || performance.now() > deadline) return result;
    await sleep(POLL_MS);
  }
}
