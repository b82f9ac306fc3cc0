import type { Outcome } from './probe.ts';

/** What to start, and where. */
export interface Start {
  file: string;
  args: string[];
  cwd: string;
  env: Record<string, string>;
}

/** How a shell has ended, and what it has shown. `pid`: of the shell, whose process group may still have members. */
export type Run = Omit<Outcome, 'left'> & { pid: number | undefined };

/** Milliseconds after which something that should have ended by itself has not. Far above what any probe takes. */
export const PATIENCE = 15_000;

/** Kills what is left of a process group. */
export function endGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
