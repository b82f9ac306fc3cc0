import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { listProcesses, processStat } from '../../../exec/proc-stat.ts';
import { readIfThere } from './read-file.ts';

/** A process that stays the same one: pids are used again, also after a reboot. */
export interface ProcessIdentity {
  pid: number;
  /** Clock ticks between boot and its start. */
  start: string;
  /** Of the boot in which it started. */
  boot: string;
}

const LOOK_AGAIN = 5;

/** From a file with the three in a line. Undefined when there is none, or it is being written. */
export async function readIdentity(file: string): Promise<ProcessIdentity | undefined> {
  const [pid, start, boot] = ((await readIfThere(file)) ?? '').trim().split(' ');
  if (!/^[1-9]\d*$/.test(pid ?? '') || !start || !boot) return undefined;
  return { pid: Number(pid), start, boot };
}

/** Whether it still runs; one that has ended and waits to be collected does not. */
export function isAlive({ pid, start, boot }: ProcessIdentity): boolean {
  return boot === bootId() && processStat(pid)?.started === start;
}

/** Of this process, in the form that readIdentity reads. */
export function ownIdentity(): string {
  return `${process.pid} ${processStat(process.pid)?.started} ${bootId()}\n`;
}

/** Those processes, as far as they run, and the ones that they have started themselves. */
export function identitiesWithChildren(pids: number[]): ProcessIdentity[] {
  if (pids.length === 0) return [];
  const found = listProcesses().filter(({ pid, parent }) => pids.includes(pid) || pids.includes(parent));
  const boot = bootId();
  return found.map(({ pid, started: start }) => ({ pid, start, boot }));
}

function bootId(): string {
  return readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim();
}

/** Sends it a signal. Nothing to do when it has ended. */
export function signalProcess(identity: ProcessIdentity, signal: NodeJS.Signals): void {
  if (!isAlive(identity)) return;
  try {
    process.kill(identity.pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** Whether all of them have ended within that many milliseconds. */
export async function haveEnded(processes: ProcessIdentity[], timeout: number): Promise<boolean> {
  const deadline = performance.now() + timeout;
  while (processes.some(isAlive)) {
    if (performance.now() > deadline) return false;
    await delay(LOOK_AGAIN);
  }
  return true;
}
