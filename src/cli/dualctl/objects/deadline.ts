import type { Context } from '../../shared/context.ts';

/** When a command has to stop waiting. */
export interface Deadline {
  /** Aborted when time is up, or when the user interrupts. */
  signal: AbortSignal;
  /** Whether it was the time. */
  isOver(): boolean;
  clear(): void;
}

const WEEK = 7 * 24 * 3_600_000;

/** `timeout` in milliseconds; a negative one stands for a week, as in kubectl. */
export function startDeadline(context: Pick<Context, 'clock' | 'interruption'>, timeout: number): Deadline {
  const controller = new AbortController();
  const cancel = context.clock.after(timeout < 0 ? WEEK : timeout, () => {
    controller.abort();
  });
  return {
    signal: AbortSignal.any([controller.signal, context.interruption()]),
    isOver: () => controller.signal.aborted,
    clear: cancel,
  };
}
