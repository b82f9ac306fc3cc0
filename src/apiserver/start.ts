import path from 'node:path';
import type { Clock } from '../clock/clock.ts';
import { systemClock } from '../clock/clock.ts';
import { packageRoot } from '../config/package-root.ts';
import type { Log } from '../log/log.ts';
import type { Store } from '../store/store.ts';
import { expireEvents } from './event-expiry.ts';
import { readCrds } from './served/custom-resources.ts';
import type { SubresourceHandlers } from './served/resources.ts';
import { servedResources } from './served/resources.ts';
import { createServer } from './server.ts';
import { createStreams } from './streams.ts';
import { listenOnSocket } from './unix-listener.ts';

export interface ApiServerOptions {
  store: Store;
  /** Made with mode 0600; a directory that is missing on the way is made with 0700. */
  socketPath: string;
  log: Log;
  clock: Clock;
  /** Dual's own, as in `0.1.0`. */
  version: string;
  subresources?: SubresourceHandlers;
  /** What `/metrics` answers, in the text format of Prometheus; when left out there is no such path. */
  metrics?: () => Promise<string>;
}

export interface ApiServer {
  /** Ends watches and streams regularly, then stops. The store stays open. */
  close(): Promise<void>;
}

/** Milliseconds, of real time whatever the clock, that requests in flight have when the server closes. */
const GRACE = 1000;

/** Serves the store on a unix socket. @throws Error when another server has the socket */
export async function startApiServer(options: ApiServerOptions): Promise<ApiServer> {
  const { store, socketPath, log, clock, version, subresources = {}, metrics } = options;
  const streams = createStreams(clock, log);
  const served = servedResources(store, readCrds(path.join(packageRoot(), 'crds')), subresources);
  const app = createServer({ store, served, streams, clock, log, version, metrics });
  await app.ready();
  const removeSocket = await listenOnSocket(app.server, socketPath);
  const stopExpiry = expireEvents(store, { clock, log });
  log.info({ socket: socketPath }, 'API server listening');
  return {
    async close() {
      stopExpiry();
      await removeSocket();
      streams.endAll();
      const cancel = systemClock.after(GRACE, () => app.server.closeAllConnections());
      await app.close();
      cancel();
    },
  };
}
