import type { Clock } from '../clock/clock.ts';

const FIRST = 50;
const LONGEST = 10_000;

/** Milliseconds to wait after so many failures in a row: doubling, with jitter. */
export function retryDelay(failures: number): number {
  const delay = Math.min(LONGEST, FIRST * 2 ** Math.min(failures - 1, 20));
  return delay * (0.5 + Math.random() / 2);
}

/** Returns early when the signal aborts. */
export async function waitFor(clock: Clock, milliseconds: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise<void>((resolve) => {
    const done = (): void => {
      cancel();
      signal.removeEventListener('abort', done);
      resolve();
    };
    const cancel = clock.after(milliseconds, done);
    signal.addEventListener('abort', done, { once: true });
  });
}
