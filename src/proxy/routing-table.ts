import type { Route } from './routes.ts';

/** Which workspaces there are, and on which ports. */
export interface RoutingTable {
  set(route: Route): void;
  delete(workspace: string): void;
  get(workspace: string): Route | undefined;
  workspaces(): string[];
  /** Names of the workspaces with that port, sorted. */
  serving(port: number): string[];
  /** Every port of every route. */
  ports(): Set<number>;
}

export function createRoutingTable(): RoutingTable {
  const routes = new Map<string, Route>();
  return {
    set: (route) => void routes.set(route.workspace, route),
    delete: (workspace) => void routes.delete(workspace),
    get: (workspace) => routes.get(workspace),
    workspaces: () => [...routes.keys()].sort(),
    serving: (port) =>
      [...routes.values()]
        .filter((route) => route.ports.includes(port))
        .map((route) => route.workspace)
        .sort(),
    ports: () => new Set([...routes.values()].flatMap((route) => route.ports)),
  };
}
