import type { Clock } from '../clock/clock.ts';
import type { Log } from '../log/log.ts';
import { createAccessLog, type AccessLog } from './access-log.ts';
import { createDirectories } from './directories.ts';
import { createDecide } from './decide.ts';
import { PATIENCE, type FrontContext, type Patience } from './front-context.ts';
import { createFront } from './front.ts';
import { createListeners, type ListenSpec } from './listeners.ts';
import { createPeers, type Peers } from './peer-process.ts';
import type { Published, WatchMessage } from './protocol.ts';
import type { Description, Route } from './routes.ts';
import { createRoutingTable } from './routing-table.ts';
import { createTcpFront } from './tcp-front.ts';
import type { Tls } from './tls/tls.ts';
import { createTraffic, type Traffic } from './traffic.ts';
import { createUpstreams } from './upstreams.ts';
import { createWanted } from './wanted.ts';

/** The proxy itself, whoever tells it its routes. */
export interface Proxy {
  workspaces(): string[];
  /** Replaces the route of that workspace. Settles once its ports have been tried. */
  publish(route: Route): Promise<Published>;
  /** Replaces what is told of that workspace. */
  describe(workspace: string, description: Description): void;
  withdraw(workspace: string): void;
  /**
   * Reports every workspace whose results have changed by themselves, or that somebody wants to see; also what was wanted while
   * nobody watched. @returns how to stop it
   */
  watch(onMessage: (message: WatchMessage) => void): () => void;
  readonly traffic: Traffic;
  readonly access: AccessLog;
  /** Connections of clients, idle ones too. */
  connections(): number;
  /** Lets go of everything. */
  close(): void;
}

export interface ProxyOptions {
  /** IP addresses. */
  listen: string[];
  tls: Tls;
  clock: Clock;
  log: Log;
  peers?: Peers;
  /** Milliseconds until a port that could not be had is tried again. */
  retryAfter?: number;
  patience?: Partial<Patience>;
}

const RETRY_MS = 3_000;

export function createProxy(options: ProxyOptions): Proxy {
  const { listen, clock, log, retryAfter = RETRY_MS } = options;
  const table = createRoutingTable();
  const watchers = new Set<(message: WatchMessage) => void>();
  const tell = (message: WatchMessage): void => {
    for (const watcher of watchers) watcher(message);
  };
  const wanted = createWanted(watchers);
  const context: FrontContext = {
    ...{ table, clock, log, tls: options.tls },
    patience: { ...PATIENCE, ...options.patience },
    decide: createDecide(table),
    upstreams: createUpstreams(log),
    traffic: createTraffic(),
    access: createAccessLog(),
    peers: options.peers ?? createPeers(),
    directories: createDirectories(table),
    connections: new Set(),
    onWanted: wanted.add,
  };
  let revision = 0;
  const listeners = createListeners({ clock, retryAfter, onChange: (key) => void report(key) });

  const publishedOf = async (route: Route): Promise<Published> => {
    const [http, awaited, tcp] = await Promise.all([
      listeners.results(route.ports.map(httpKey)),
      listeners.results(route.awaited.map(httpKey)),
      listeners.results((route.tcp?.ports ?? []).map((port) => tcpKey(route, port))),
    ]);
    return { results: { http, awaited, tcp }, revision };
  };
  const report = async (key: string): Promise<void> => {
    revision += 1;
    for (const route of [...table.routes()]) {
      if (!keysOf(route).includes(key)) continue;
      tell({ type: 'results', workspace: route.workspace, ...(await publishedOf(route)) });
    }
  };
  const changed = (): void => {
    listeners.use(listenSpecsOf(table.routes(), listen, context));
    context.upstreams.retain([...table.routes()].flatMap(({ endpoint }) => endpoint ?? []));
  };
  const sweeper = setInterval(() => sweep(context), context.patience.sweep).unref();

  return {
    workspaces: () => table.workspaces(),
    publish(route) {
      table.set(route);
      if (route.endpoint) wanted.drop(route.workspace);
      changed();
      return publishedOf(route);
    },
    describe: (workspace, description) => table.describe(workspace, description),
    withdraw(workspace) {
      table.delete(workspace);
      context.traffic.drop(workspace);
      wanted.drop(workspace);
      changed();
    },
    watch(onMessage) {
      watchers.add(onMessage);
      for (const workspace of wanted.takeUntold()) onMessage({ type: 'wanted', workspace });
      return () => {
        watchers.delete(onMessage);
        wanted.left();
      };
    },
    traffic: context.traffic,
    access: context.access,
    connections: () => context.connections.size,
    close() {
      clearInterval(sweeper);
      listeners.close();
      for (const connection of context.connections) connection.destroy();
      context.upstreams.close();
    },
  };
}

function sweep({ connections, upstreams }: FrontContext): void {
  const now = Date.now();
  for (const connection of connections) connection.sweep(now);
  upstreams.sweep(now);
}

function httpKey(port: number): string {
  return `http:${port}`;
}

/** With the workspace's name: an address that goes over to another one is let go of in between. */
function tcpKey({ workspace, tcp }: Route, port: number): string {
  return `tcp:${workspace}:${tcp?.address ?? ''}:${port}`;
}

function keysOf(route: Route): string[] {
  const ports = [...route.ports, ...route.awaited];
  return [...ports.map(httpKey), ...(route.tcp?.ports ?? []).map((port) => tcpKey(route, port))];
}

/** Everything that the routes want to be listened on. */
function listenSpecsOf(routes: Iterable<Route>, listen: string[], context: FrontContext): Map<string, ListenSpec> {
  const specs = new Map<string, ListenSpec>();
  for (const route of routes) {
    for (const port of [...route.ports, ...route.awaited]) {
      specs.set(httpKey(port), { port, addresses: listen, createFront: () => createFront(port, context) });
    }
    const { workspace, tcp } = route;
    for (const port of tcp?.ports ?? []) {
      const addresses = [tcp!.address];
      const front = (): ReturnType<ListenSpec['createFront']> => createTcpFront(workspace, port, context);
      specs.set(tcpKey(route, port), { port, addresses, isOwn: true, createFront: front });
    }
  }
  return specs;
}
