import { spawn } from '@lydell/node-pty';
import type { IPty } from '@lydell/node-pty';
import os from 'node:os';
import { eventually } from '../../support/eventually.ts';
import type { Ends, Step } from './probe.ts';
import { PATIENCE } from './run.ts';
import type { Run, Start } from './run.ts';

/** A shell on a terminal, and what has become of it so far. */
interface Seat {
  terminal: IPty;
  shown: string;
  /** How much of what was shown has been looked at. */
  seen: number;
  ended: { code: number; signal: number } | undefined;
  /** Whether it still ran when it was last told something. */
  waited: boolean;
}

/** Runs a shell on a terminal of its own, as leader of its session, through all steps and to its end. */
export async function runOnTerminal({ file, args, cwd, env }: Start, steps: readonly Step[]): Promise<Run> {
  const terminal = spawn(file, args, { cwd, env, name: env['TERM'] ?? 'xterm-256color', cols: 80, rows: 24 });
  const seat: Seat = { terminal, shown: '', seen: 0, ended: undefined, waited: false };
  terminal.onData((data) => (seat.shown += data));
  terminal.onExit(({ exitCode, signal }) => (seat.ended = { code: exitCode, signal: signal ?? 0 }));
  let ends: Ends = 'not at all';
  try {
    for (const step of steps) await take(seat, step);
    await eventually(() => assertThat(seat.ended !== undefined), { timeout: PATIENCE });
    ends = seat.waited ? 'when told' : 'by itself';
  } catch (error) {
    if (!(error instanceof NotSo)) throw error;
  }
  return { stdout: seat.shown, stderr: '', ...statusOf(seat), ends, pid: terminal.pid };
}

/** What was waited for has not come about; what there is instead is in the outcome. */
class NotSo extends Error {}

function assertThat(so: boolean): void {
  if (!so) throw new NotSo();
}

async function take(seat: Seat, step: Step): Promise<void> {
  if ('sees' in step) return see(seat, step.sees);
  if ('resizes' in step) return seat.terminal.resize(step.resizes.columns, step.resizes.rows);
  seat.waited = seat.ended === undefined;
  if (!seat.waited) return;
  if ('types' in step) return seat.terminal.write(step.types);
  // Closes our end of it, which is what becomes of a terminal whose window is closed. Left out of the types.
  (seat.terminal as IPty & { destroy(): void }).destroy();
}

async function see(seat: Seat, expected: string): Promise<void> {
  await eventually(
    () => {
      const found = seat.shown.indexOf(expected, seat.seen);
      assertThat(found !== -1);
      seat.seen = found + expected.length;
    },
    { timeout: PATIENCE },
  );
}

function statusOf({ ended }: Seat): Pick<Run, 'code' | 'signal'> {
  if (!ended) return { code: null, signal: null };
  if (ended.signal === 0) return { code: ended.code, signal: null };
  const [name] = Object.entries(os.constants.signals).find(([, number]) => number === ended.signal) ?? [];
  return { code: null, signal: (name ?? null) as NodeJS.Signals | null };
}
