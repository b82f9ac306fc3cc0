import type { Clock } from '../../clock/clock.ts';
import type { Source } from '../served/source.ts';

interface Woken {
  timedOut: boolean;
  /** Up to this version the resource has not changed since the wait before ended. */
  unchangedUntil: number;
}

interface WakeUp {
  /** Until the resource changes, the time is up, or the signal comes. At once when it changed since the last wait. */
  wait(clock: Clock, timeout: number): Promise<Woken>;
  close(): void;
}

/** Tells a watcher when to look at the log again. */
export function createWakeUp(source: Source, signal: AbortSignal): WakeUp {
  let changedAt: number | undefined;
  let wake = (): void => undefined;
  const unsubscribe = source.onChange((resourceVersion) => {
    changedAt ??= resourceVersion;
    wake();
  });
  const onAbort = (): void => wake();
  signal.addEventListener('abort', onAbort);

  return {
    async wait(clock, timeout) {
      let timedOut = false;
      if (changedAt === undefined && !signal.aborted) {
        await new Promise<void>((resolve) => {
          const cancel = clock.after(timeout, () => {
            timedOut = true;
            resolve();
          });
          wake = () => {
            cancel();
            resolve();
          };
        });
      }
      const unchangedUntil = changedAt === undefined ? source.resourceVersion() : changedAt - 1;
      changedAt = undefined;
      return { timedOut, unchangedUntil };
    },
    close() {
      unsubscribe();
      signal.removeEventListener('abort', onAbort);
    },
  };
}
