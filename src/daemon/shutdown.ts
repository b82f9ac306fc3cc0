import type { Log } from '../log/log.ts';

/** What has to be ended, in the reverse order of its making. */
export interface Shutdown {
  /** Adds the end of something that was just made. */
  then(what: string, end: () => unknown): void;
  /** Ends everything; what fails is logged and does not keep the rest from its end. */
  run(): Promise<void>;
}

export function createShutdown(log: Log): Shutdown {
  const ends: { what: string; end: () => unknown }[] = [];
  return {
    then: (what, end) => void ends.push({ what, end }),
    async run() {
      for (const { what, end } of ends.splice(0).reverse()) {
        try {
          await end();
        } catch (error) {
          log.warn({ err: error }, `ending the ${what} has failed`);
        }
      }
    },
  };
}
