import type { Clock } from '../clock/clock.ts';
import type { Log } from '../log/log.ts';
import { createFront } from './front.ts';
import { createListeners } from './listeners.ts';
import type { Published, WatchMessage } from './protocol.ts';
import type { Route } from './routes.ts';
import { createRoutingTable } from './routing-table.ts';
import { createUpstreams } from './upstreams.ts';

/** The proxy itself, whoever tells it its routes. */
export interface Proxy {
  workspaces(): string[];
  /** Replaces the route of that workspace. Settles once its ports have been tried. */
  publish(route: Route): Promise<Published>;
  withdraw(workspace: string): void;
  /** Reports every workspace whose results have changed by themselves. @returns how to stop it */
  watch(onChange: (message: WatchMessage) => void): () => void;
  /** Lets go of everything. */
  close(): void;
}

export interface ProxyOptions {
  /** IP addresses. */
  listen: string[];
  clock: Clock;
  log: Log;
  /** Milliseconds until a port that could not be had is tried again. */
  retryAfter?: number;
}

const RETRY_MS = 3_000;

export function createProxy({ listen, clock, log, retryAfter = RETRY_MS }: ProxyOptions): Proxy {
  const table = createRoutingTable();
  const upstreams = createUpstreams();
  const watchers = new Set<(message: WatchMessage) => void>();
  let revision = 0;
  const listeners = createListeners({
    addresses: listen,
    clock,
    retryAfter,
    createServer: () => createFront({ table, upstreams, log }),
    onChange: (port) => void report(port),
  });

  const publishedOf = async (route: Route): Promise<Published> => {
    const results = await listeners.results(route.ports);
    return { results, revision };
  };
  const report = async (port: number): Promise<void> => {
    revision += 1;
    for (const workspace of table.serving(port)) {
      const route = table.get(workspace);
      if (!route) continue;
      const message = { workspace, ...(await publishedOf(route)) };
      for (const watcher of watchers) watcher(message);
    }
  };

  return {
    workspaces: () => table.workspaces(),
    publish(route) {
      upstreams.drop(route.workspace, route.endpoint);
      table.set(route);
      listeners.use(table.ports());
      return publishedOf(route);
    },
    withdraw(workspace) {
      upstreams.drop(workspace);
      table.delete(workspace);
      listeners.use(table.ports());
    },
    watch(onChange) {
      watchers.add(onChange);
      return () => void watchers.delete(onChange);
    },
    close() {
      listeners.close();
      upstreams.close();
    },
  };
}
