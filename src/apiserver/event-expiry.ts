import { EVENTS } from '../api/scheme.ts';
import type { Clock } from '../clock/clock.ts';
import type { Log } from '../log/log.ts';
import type { Store } from '../store/store.ts';

/** Milliseconds after its last write that an Event is kept: an hour, as in Kubernetes. */
const EVENT_LIFETIME = 3_600_000;
const INTERVAL = 300_000;

/** Removes Events that nothing has happened to for an hour, now and then. The result ends it. */
export function expireEvents(store: Store, { clock, log }: { clock: Clock; log: Log }): () => void {
  let cancel = (): void => undefined;
  const sweep = (): void => {
    try {
      store.deleteWrittenBefore(EVENTS, clock.now() - EVENT_LIFETIME);
    } catch (error) {
      log.warn({ err: error }, 'old events were not removed');
    }
    cancel = clock.after(INTERVAL, sweep);
  };
  sweep();
  return () => cancel();
}
