import { readdirSync, readFileSync } from 'node:fs';

const LOOK_AGAIN = 25;
/** Milliseconds after the first kill in which a process must have gone, or else cannot go: it hangs in the kernel, or is another user's now. */
const PATIENCE = 5000;

/** Signals the process group of that leader. Nothing to do when there is none any more. */
export function signalGroup(leader: number, signal: NodeJS.Signals): void {
  send(-leader, signal);
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
  for (const pid of membersOf(leader)) send(pid, signal);
}

/** The processes of a session, from /proc; those that have ended and only wait to be collected are left out. */
function membersOf(session: number): number[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return pids.map(Number).filter((pid) => isMember(pid, session));
}

function isMember(pid: number, session: number): boolean {
  let stat: string;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ESRCH') return false;
    throw error;
  }
  // pid (name) state ppid pgrp session ...: the name may hold anything, parentheses too.
  const [state, , , sid] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return sid === String(session) && state !== 'Z' && state !== 'X';
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // EPERM: a program that has changed its user, which is no longer this user's to end.
    if (code !== 'ESRCH' && code !== 'EPERM') throw error;
  }
}
