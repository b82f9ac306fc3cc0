import type { Description, Route, RouteHandlers, Routes } from '../../src/proxy/routes.ts';

/** A proxy to the controllers: keeps what it is told, has every port, and speaks when a test says so. */
export interface FakeRoutes extends Routes {
  routes: Map<string, Route>;
  descriptions: Map<string, Description>;
  /** What comes of descriptions from now on. */
  refuseDescriptions(error: Error): void;
  /** As if the proxy had been started again. */
  restart(): void;
  /** As if somebody had asked for a page of that workspace. */
  request(workspace: string): void;
}

export function createFakeRoutes(): FakeRoutes {
  const routes = new Map<string, Route>();
  const descriptions = new Map<string, Description>();
  const watchers = new Set<RouteHandlers>();
  let refusal: Error | undefined;
  return {
    routes,
    descriptions,
    async publish(route) {
      routes.set(route.workspace, route);
      const listening = (ports: number[] = []): { port: number; listening: true }[] =>
        ports.map((port) => ({ port, listening: true }));
      return Promise.resolve({ http: listening(route.ports), tcp: listening(route.tcp?.ports) });
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
    request(workspace) {
      for (const { onRequest } of watchers) onRequest(workspace);
    },
  };
}
