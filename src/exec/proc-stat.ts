import { readdirSync, readFileSync } from 'node:fs';

/** A process as in /proc. */
export interface ProcessStat {
  pid: number;
  parent: number;
  /** Its session, named by the process that leads it. */
  session: number;
  /** Clock ticks since boot: tells it from a later process with the same id. */
  started: string;
}

/** Every process there is, less those that have ended and only wait to be collected. */
export function listProcesses(): ProcessStat[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return pids.flatMap((pid) => processStat(Number(pid)) ?? []);
}

/** Undefined when it has ended. */
export function processStat(pid: number): ProcessStat | undefined {
  let stat: string;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ESRCH') return undefined;
    throw error;
  }
  // pid (name) state ppid pgrp session ... starttime: the name may hold anything, parentheses too.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [state, parent, , session] = fields;
  if (state === 'Z' || state === 'X') return undefined;
  return { pid, parent: Number(parent), session: Number(session), started: fields[19] ?? '' };
}
