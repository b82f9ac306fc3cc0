import type { Description, PortResult, Route, RouteHandlers, Routes } from '../../src/proxy/routes.ts';

/** A proxy to the controllers: keeps what it is told, has every port, and speaks when a test says so. */
export interface FakeRoutes extends Routes {
  routes: Map<string, Route>;
  descriptions: Map<string, Description>;
  /** What comes of descriptions from now on. */
  refuseDescriptions(error: Error): void;
  /** What is said of ports that cannot be had, by number. */
  taken: Map<number, Pick<PortResult, 'reason' | 'message'>>;
  /** As if the proxy had been started again. */
  restart(): void;
  /** As if somebody had wanted to see that workspace. */
  want(workspace: string): void;
}

export function createFakeRoutes(): FakeRoutes {
  const routes = new Map<string, Route>();
  const descriptions = new Map<string, Description>();
  const taken: FakeRoutes['taken'] = new Map();
  const watchers = new Set<RouteHandlers>();
  let refusal: Error | undefined;
  return {
    routes,
    descriptions,
    taken,
    async publish(route) {
      routes.set(route.workspace, route);
      const results = (ports: number[] = []): PortResult[] =>
        ports.map((port) => ({ port, listening: !taken.has(port), ...taken.get(port) }));
      const { ports, awaited, tcp } = route;
      return Promise.resolve({ http: results(ports), awaited: results(awaited), tcp: results(tcp?.ports) });
    },
    describe(workspace, description) {
      if (refusal) return Promise.reject(refusal);
      descriptions.set(workspace, description);
      return Promise.resolve();
    },
    withdraw(workspace) {
      routes.delete(workspace);
      descriptions.delete(workspace);
      return Promise.resolve();
    },
    list: () => Promise.resolve([...routes.keys()]),
    watch(handlers, signal) {
      watchers.add(handlers);
      signal.addEventListener('abort', () => watchers.delete(handlers), { once: true });
    },
    refuseDescriptions: (error) => (refusal = error),
    restart() {
      routes.clear();
      descriptions.clear();
      for (const { onChange } of watchers) onChange(undefined);
    },
    want(workspace) {
      for (const { onWanted } of watchers) onWanted(workspace);
    },
  };
}
