import type { Clock } from '../clock/clock.ts';

/** Runs one thing over and over, one at a time: when poked, when it asks for it, and now and then anyway. */
export interface Pump {
  /** Something may have changed. */
  poke(): void;
  /** Resolves when a run that began after this call, and all those that it asked for, are over. */
  settled(): Promise<void>;
  /** Waits for the run in progress. */
  close(): Promise<void>;
}

export interface PumpOptions {
  /** Gives how many milliseconds later it wants to be run again; undefined when nothing is left to do. Must not throw. */
  run: () => Promise<number | undefined>;
  /** Runs wait so many milliseconds for more pokes. */
  debounce: number;
  /** It is run after so many milliseconds when nothing else asks for it. */
  interval: number;
  clock: Clock;
}

export function createPump({ run, debounce, interval, clock }: PumpOptions): Pump {
  let closed = false;
  let running: Promise<void> | undefined;
  let poked = false;
  let cancel: () => void = () => {};
  let waiters: (() => void)[] = [];

  const schedule = (delay: number): void => {
    cancel();
    if (!closed) cancel = clock.after(delay, () => void (running ??= turn()));
  };
  const turn = async (): Promise<void> => {
    poked = false;
    const again = await run();
    running = undefined;
    if (poked) schedule(debounce);
    else if (again !== undefined) schedule(again);
    else rest();
  };
  const rest = (): void => {
    for (const resolve of waiters) resolve();
    waiters = [];
    schedule(interval);
  };

  return {
    poke() {
      if (poked) return;
      poked = true;
      if (!running) schedule(debounce);
    },
    settled() {
      if (closed) return Promise.resolve();
      const done = new Promise<void>((resolve) => waiters.push(resolve));
      this.poke();
      return done;
    },
    async close() {
      closed = true;
      cancel();
      await running;
      for (const resolve of waiters) resolve();
    },
  };
}
