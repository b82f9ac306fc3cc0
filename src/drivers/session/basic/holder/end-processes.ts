import { setTimeout as pause } from 'node:timers/promises';
import { listProcesses, processStat } from '../../../../exec/proc-stat.ts';
import type { ProcessStat } from '../../../../exec/proc-stat.ts';
import { sendSignal } from '../../../../exec/send-signal.ts';

/** Milliseconds that processes get to end when they are asked to. */
const GRACE = 2000;
/** Milliseconds that a killed process may take to vanish. */
const LIMIT = 5000;
/** Milliseconds between two looks, at first and at most. */
const LOOK = { first: 10, longest: 100 };

/**
 * Ends everything in the process session of that leader, and what was started from there and has left it: first by asking (SIGHUP,
 * SIGTERM), then by force. Resolves when it is gone.
 * @throws Error when something cannot be ended
 */
export async function endProcesses(leader: number): Promise<void> {
  let doomed = belonging(leader, []);
  // SIGCONT, since a stopped process does not act on the others.
  for (const signal of ['SIGHUP', 'SIGTERM', 'SIGCONT'] as const) doomed.forEach(({ pid }) => sendSignal(pid, signal));
  if (await allGone(doomed, GRACE)) doomed = [];
  // Again until nothing is left: one that is asked to end may start another before it does.
  for (let deadline = performance.now() + LIMIT; ;) {
    doomed = belonging(leader, doomed);
    if (doomed.length === 0) return;
    doomed.forEach(({ pid }) => sendSignal(pid, 'SIGKILL'));
    if (!(await allGone(doomed, deadline - performance.now()))) break;
  }
  const pids = surviving(doomed).map(({ pid }) => pid);
  throw new Error(`processes ${pids.join(', ')} of a terminal session do not end`);
}

/** Whether anything runs in the session of that leader. */
export function hasProcesses(leader: number): boolean {
  return listProcesses().some(({ session }) => session === leader);
}

/** Those of the session, those that are known already and still there, and what all of them have started. */
function belonging(leader: number, known: readonly ProcessStat[]): ProcessStat[] {
  const processes = listProcesses();
  const found = new Map<number, ProcessStat>();
  const add = (one: ProcessStat): void => {
    if (found.has(one.pid)) return;
    found.set(one.pid, one);
    processes.filter(({ parent }) => parent === one.pid).forEach(add);
  };
  surviving(known).forEach(add);
  processes.filter(({ session }) => session === leader).forEach(add);
  return [...found.values()];
}

function surviving(processes: readonly ProcessStat[]): ProcessStat[] {
  return processes.filter(({ pid, started }) => processStat(pid)?.started === started);
}

async function allGone(processes: readonly ProcessStat[], limit: number): Promise<boolean> {
  const deadline = performance.now() + limit;
  for (let wait = LOOK.first; surviving(processes).length > 0; wait = Math.min(wait * 2, LOOK.longest)) {
    if (performance.now() >= deadline) return false;
    await pause(wait);
  }
  return true;
}
