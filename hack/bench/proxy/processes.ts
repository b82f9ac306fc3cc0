import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { openSync, closeSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Scope } from './scope.ts';

/** Debian keeps nginx where the PATH of a user does not lead. */
const PATH = `${process.env['PATH'] ?? ''}:/usr/sbin`;
const STOP_TIMEOUT_MS = 5_000;
const MICROSECONDS_PER_TICK = 1_000_000 / Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }));

export interface StartOptions {
  name: string;
  command: string[];
  /** Where its output goes. */
  dir: string;
}

/** Starts a server that ends with the scope. @returns its process id */
export function startServer(scope: Scope, { name, command, dir }: StartOptions): number {
  const [program = '', ...args] = command;
  const logFile = path.join(dir, `${name}.log`);
  const log = openSync(logFile, 'a');
  const env = { ...process.env, PATH, HOME: dir, XDG_DATA_HOME: dir, XDG_CONFIG_HOME: dir };
  const child = spawn(program, args, { cwd: dir, env, stdio: ['ignore', log, log] });
  closeSync(log);
  if (child.pid === undefined) throw new Error(`${program} cannot be started`);
  const exited = once(child, 'exit');
  let stopping = false;
  child.once('exit', (code, signal) => {
    // ^C comes to everything that runs in a terminal.
    if (!stopping && code !== 0 && signal !== 'SIGINT')
      console.error(`${name} has ended:\n${readFileSync(logFile, 'utf8').slice(-2_000)}`);
  });
  scope.defer(async () => {
    stopping = true;
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGTERM');
    const kill = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS);
    await exited;
    clearTimeout(kill);
  });
  return child.pid;
}

/** Those processes and all that have come from them. */
function withDescendants(pids: number[]): number[] {
  return pids.flatMap((pid) => [pid, ...withDescendants(childrenOf(pid))]);
}

function childrenOf(pid: number): number[] {
  return read(`/proc/${pid}/task/${pid}/children`).split(' ').filter(Boolean).map(Number);
}

/** Microseconds of processor time that those processes and their descendants have used, in steps of the kernel's clock. */
export function processorTime(pids: number[]): number {
  return withDescendants(pids).reduce((sum, pid) => sum + ticksOf(pid), 0) * MICROSECONDS_PER_TICK;
}

function ticksOf(pid: number): number {
  const fields = read(`/proc/${pid}/stat`)
    .replace(/^.*\) /s, '')
    .split(' ')
    .map(Number);
  return (fields[11] ?? 0) + (fields[12] ?? 0);
}

/** KiB that those processes and their descendants hold; pages that several of them share are counted for each. */
export function residentMemory(pids: number[]): number {
  return withDescendants(pids).reduce(
    (sum, pid) => sum + Number(/VmRSS:\s+(\d+)/.exec(read(`/proc/${pid}/status`))?.[1] ?? 0),
    0,
  );
}

/** Empty when the process has gone. */
function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (['ENOENT', 'ESRCH'].includes((error as NodeJS.ErrnoException).code ?? '')) return '';
    throw error;
  }
}
