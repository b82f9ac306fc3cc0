import { setImmediate } from 'node:timers/promises';

/** Milliseconds of work at a stretch. */
const STRETCH = 1;

/** For work that goes on for longer than others should wait for their turn. */
export interface Pace {
  /** Whether it is time to rest; asked after each small piece of work. */
  isDue(): boolean;
  rest(): Promise<void>;
}

export function createPace(): Pace {
  let since = performance.now();
  return {
    isDue: () => performance.now() - since > STRETCH,
    async rest() {
      await setImmediate();
      since = performance.now();
    },
  };
}
