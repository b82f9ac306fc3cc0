import type { Description, Route } from './routes.ts';

/** Which workspaces there are, on which ports, and what is to be told of them. */
export interface RoutingTable {
  set(route: Route): void;
  describe(workspace: string, description: Description): void;
  delete(workspace: string): void;
  get(workspace: string): Route | undefined;
  /** As good as empty where nothing was said yet. */
  description(workspace: string): Description;
  workspaces(): string[];
  routes(): Iterable<Route>;
  /** Names of the workspaces with that port, sorted. */
  serving(port: number): string[];
  /** Where plain `localhost` goes, if anywhere. */
  focused(): Route | undefined;
  /** Calls back after every change of that workspace's route or description. @returns how to stop it */
  watch(workspace: string, onChange: () => void): () => void;
  /** Rises with every change of any route; descriptions change too often, and nothing depends on them. */
  revision(): number;
}

const UNKNOWN: Description = { phase: 'Starting', message: '', conditions: [] };

export function createRoutingTable(): RoutingTable {
  const routes = new Map<string, Route>();
  const descriptions = new Map<string, Description>();
  const watchers = new Map<string, Set<() => void>>();
  let revision = 0;

  function tell(workspace: string): void {
    for (const onChange of [...(watchers.get(workspace) ?? [])]) onChange();
  }

  return {
    set(route) {
      routes.set(route.workspace, route);
      revision += 1;
      tell(route.workspace);
    },
    describe(workspace, description) {
      descriptions.set(workspace, description);
      tell(workspace);
    },
    delete(workspace) {
      routes.delete(workspace);
      descriptions.delete(workspace);
      revision += 1;
      tell(workspace);
    },
    get: (workspace) => routes.get(workspace),
    description: (workspace) => descriptions.get(workspace) ?? UNKNOWN,
    workspaces: () => [...routes.keys()].sort(),
    routes: () => routes.values(),
    serving: (port) =>
      [...routes.values()]
        .filter((route) => route.ports.includes(port))
        .map((route) => route.workspace)
        .sort(),
    focused: () => latestFocused(routes.values()),
    watch(workspace, onChange) {
      const known = watchers.get(workspace) ?? new Set();
      watchers.set(workspace, known.add(onChange));
      return () => {
        known.delete(onChange);
        if (known.size === 0 && watchers.get(workspace) === known) watchers.delete(workspace);
      };
    },
    revision: () => revision,
  };
}

function latestFocused(routes: Iterable<Route>): Route | undefined {
  let latest: Route | undefined;
  for (const route of routes) {
    if (route.focusedAt !== undefined && route.focusedAt > (latest?.focusedAt ?? '')) latest = route;
  }
  return latest;
}
