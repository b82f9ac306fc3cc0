import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, constants, openSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { processStat } from '../../../../exec/proc-stat.ts';
import { lastLine } from '../../../../exec/run.ts';
import { isAbsence } from '../read-file.ts';
import { haveEnded, isAlive, readIdentity, signalProcess, type ProcessIdentity } from '../process-identity.ts';
import type { ToolOptions } from './tools.ts';

/** Milliseconds: it takes 25 at most when nothing else is going on. */
const READY_TIMEOUT = 10_000;
const LOOK_AGAIN = 5;
/** Milliseconds between asking it to end and killing it, and until it must have gone. */
const GRACE = 1000;
const PATIENCE = 5000;

/** In the directory of a sandbox. `pid`: pid, start time, boot. `ready`: written to by the program. */
function filesIn(dir: string): { pid: string; log: string; ready: string } {
  const at = (name: string): string => path.join(dir, `network.${name}`);
  return { pid: at('pid'), log: at('log'), ready: at('ready') };
}

export interface NetworkCommand {
  file: string;
  args(options: Pick<ToolOptions, 'ready' | 'watched'>): string[];
}

/**
 * Starts the program, which outlives this process, records it in `dir`, and waits until it says that the network is there.
 * @throws Error with what it said, when it says no or nothing
 */
export async function startProcess(dir: string, command: NetworkCommand): Promise<void> {
  const { pid, log, ready } = filesIn(dir);
  const child = spawnDetached(dir, command);
  const identity = identify(child.pid ?? (await reasonFor(child)));
  // At once, so that whoever comes after a crash of this process finds it.
  if (identity) writeFileSync(pid, `${identity.pid} ${identity.start} ${identity.boot}\n`, { mode: 0o600 });
  const isRunning = (): boolean => identity !== undefined && isAlive(identity);
  const isReady = (): boolean => statSync(ready).size > 0;
  const deadline = performance.now() + READY_TIMEOUT;
  while (!isReady() && isRunning() && performance.now() < deadline) await delay(LOOK_AGAIN);
  if (!isReady() || !isRunning()) throw new Error(said(log));
}

function spawnDetached(dir: string, { file, args }: NetworkCommand): ChildProcess {
  const { log, ready } = filesIn(dir);
  const [output, readyFd, aliveFd] = [openSync(log, 'w', 0o600), openSync(ready, 'w', 0o600), openAlive(dir)];
  const more = aliveFd === undefined ? [] : [aliveFd];
  const child = spawn(file, args({ ready, watched: aliveFd !== undefined }), {
    cwd: '/',
    env: {},
    detached: true,
    stdio: ['ignore', output, output, readyFd, ...more],
  });
  child.unref();
  for (const fd of [output, readyFd, ...more]) closeSync(fd);
  return child;
}

/** The FIFO that the sandbox has open for writing. */
function openAlive(dir: string): number | undefined {
  try {
    return openSync(path.join(dir, 'alive'), constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (error) {
    if (isAbsence(error)) return undefined;
    throw error;
  }
}

/** Why there is no process at all. */
async function reasonFor(child: ChildProcess): Promise<never> {
  const [error] = (await once(child, 'error')) as [Error];
  throw error;
}

function identify(pid: number): ProcessIdentity | undefined {
  const start = processStat(pid)?.started;
  return start ? { pid, start, boot: readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim() } : undefined;
}

/** The last of what it wrote, less complaints about the system's log; without pids, so that the same trouble always reads the same. */
function said(log: string): string {
  const text = readFileSync(log, 'utf8').replace(/^Failed to send \d+ bytes to syslog$/gm, '');
  return lastLine(text).replace(/\/proc\/\d+/g, '/proc/PID') || 'it did not say why';
}

/** Ends what was started for that directory, by this process or an earlier one. Nothing to do when there is none. */
export async function endProcess(dir: string): Promise<void> {
  const { pid, log, ready } = filesIn(dir);
  const identity = await readIdentity(pid);
  if (identity) await end(identity);
  for (const file of [pid, log, ready]) rmSync(file, { force: true });
}

async function end(identity: ProcessIdentity): Promise<void> {
  signalProcess(identity, 'SIGTERM');
  if (await haveEnded([identity], GRACE)) return;
  signalProcess(identity, 'SIGKILL');
  await haveEnded([identity], PATIENCE);
}
