import type { Clock } from '../clock/clock.ts';
import type { Log } from '../log/log.ts';
import type { Store } from '../store/store.ts';
import type { Served } from './served/served.ts';
import type { Streams } from './streams.ts';

/** What the routes work with. */
export interface ServerContext {
  store: Store;
  served: readonly Served[];
  streams: Streams;
  clock: Clock;
  log: Log;
  /** Dual's own, as in `0.1.0`. */
  version: string;
  /** What `/metrics` answers, in the text format of Prometheus. */
  metrics?: (() => Promise<string>) | undefined;
}
