import { listProcesses } from './proc-stat.ts';
import { sendSignal } from './send-signal.ts';

const LOOK_AGAIN = 25;
/** Milliseconds after the first kill in which a process must have gone, or else cannot go: it hangs in the kernel, or is another user's now. */
const PATIENCE = 5000;

/** Signals the process group of that leader. Nothing to do when there is none any more. */
export function signalGroup(leader: number, signal: NodeJS.Signals): void {
  sendSignal(-leader, signal);
}

/**
 * Ends everything in the session of that leader: also the groups that a shell made for its jobs, and what the leader left behind. Asks first (SIGHUP,
 * SIGTERM), then kills after `grace` milliseconds. Resolves when nothing is left that can be ended.
 */
export async function endSession(leader: number, grace: number): Promise<void> {
  const deadline = performance.now() + grace;
  // SIGCONT, since a stopped process does not act on the others.
  for (const signal of ['SIGHUP', 'SIGTERM', 'SIGCONT'] as const) signalSession(leader, signal);
  while (membersOf(leader).length > 0) {
    const left = deadline - performance.now();
    if (left <= 0) signalSession(leader, 'SIGKILL');
    if (left <= -PATIENCE) return;
    await new Promise((resolve) => {
      setTimeout(resolve, LOOK_AGAIN);
    });
  }
}

function signalSession(leader: number, signal: NodeJS.Signals): void {
  for (const pid of membersOf(leader)) sendSignal(pid, signal);
}

function membersOf(leader: number): number[] {
  return listProcesses()
    .filter(({ session }) => session === leader)
    .map(({ pid }) => pid);
}
