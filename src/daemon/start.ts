import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync, statSync } from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { packageRoot } from '../config/package-root.ts';
import type { Paths } from '../config/paths.ts';

type Environment = Record<string, string | undefined>;

export interface DaemonStatus {
  running: boolean;
  pid?: number;
  version?: string;
}

const START_TIMEOUT_MS = 30_000;
const STOP_TIMEOUT_MS = 30_000;
const POLL_MS = 50;

/** What the API server says of itself at `/version`; the process id is Dual's own addition. */
interface VersionInfo {
  gitVersion?: string;
  pid?: number;
}

/** Whether a daemon answers on this state directory. Never throws. */
export async function daemonStatus(paths: Paths): Promise<DaemonStatus> {
  try {
    const { pid, gitVersion } = JSON.parse(await get(paths.apiSocket, '/version')) as VersionInfo;
    return {
      running: true,
      ...(pid !== undefined && { pid }),
      ...(gitVersion !== undefined && { version: gitVersion.replace(/^v/, '') }),
    };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ECONNREFUSED' || code === 'ECONNRESET' || error instanceof SyntaxError)
      return { running: false };
    throw error;
  }
}

/**
 * Starts the daemon, detached, unless one answers, and waits until its API does. Safe to call by many at once: of the daemons that
 * are started only one gets the lock.
 * @throws Error with the end of its log when it does not come up
 */
export async function ensureDaemon(paths: Paths, env: Environment): Promise<void> {
  if ((await daemonStatus(paths)).running) return;
  mkdirSync(paths.state, { recursive: true, mode: 0o700 });
  const exited = spawnDaemon(paths, env);
  const deadline = Date.now() + START_TIMEOUT_MS;
  for (;;) {
    if ((await daemonStatus(paths)).running) return;
    if (exited.code !== undefined && exited.code !== 0)
      throw notStarted(paths, `it ended with exit code ${exited.code}`);
    if (Date.now() > deadline) throw notStarted(paths, `it did not answer within ${START_TIMEOUT_MS / 1000} s`);
    await pause();
  }
}

/** Ends the daemon and waits for its end; machines, sessions and the proxy go on. @returns whether there was one */
export async function stopDaemon(paths: Paths): Promise<boolean> {
  const { running, pid } = await daemonStatus(paths);
  if (!running || pid === undefined) return false;
  process.kill(pid, 'SIGTERM');
  const deadline = Date.now() + STOP_TIMEOUT_MS;
  while (isAlive(pid)) {
    if (Date.now() > deadline)
      throw new Error(`the daemon (process ${pid}) does not end; its log is ${paths.daemonLog}`);
    await pause();
  }
  return true;
}

/** What runs the daemon in the foreground. */
export function daemonCommand(): { file: string; args: string[] } {
  return { file: process.execPath, args: [path.join(packageRoot(), 'dist', 'daemon.js')] };
}

function spawnDaemon(paths: Paths, env: Environment): { code?: number } {
  const { file, args } = daemonCommand();
  const log = openSync(paths.daemonLog, 'a', 0o600);
  const child = spawn(file, args, {
    detached: true,
    stdio: ['ignore', log, log],
    cwd: '/',
    env: env as NodeJS.ProcessEnv,
  });
  closeSync(log);
  const exited: { code?: number } = {};
  child.on('exit', (code, signal) => {
    exited.code = code ?? (signal ? 128 : 0);
  });
  child.on('error', () => {
    exited.code = 127;
  });
  child.unref();
  return exited;
}

function notStarted(paths: Paths, why: string): Error {
  return new Error(`the daemon did not start: ${why}\n${tail(paths.daemonLog)}(log: ${paths.daemonLog})`);
}

/** The last lines of the log, as far as there is one. */
function tail(file: string): string {
  if (!statSync(file, { throwIfNoEntry: false })) return '';
  const lines = readFileSync(file, 'utf8').trimEnd().split('\n').slice(-5);
  return lines.map((line) => `  ${line}\n`).join('');
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
    throw error;
  }
}

function get(socketPath: string, url: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const request = http.get({ socketPath, path: url, timeout: 2_000 }, (response) => {
      let body = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => (body += chunk));
      response.on('end', () => resolve(body));
      response.on('error', reject);
    });
    request.on('timeout', () => request.destroy(Object.assign(new Error('no answer'), { code: 'ECONNREFUSED' })));
    request.on('error', reject);
  });
}

function pause(): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, POLL_MS);
  });
}
