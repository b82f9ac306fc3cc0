import { focusedAt } from '../../src/api/focus.ts';
import type { Workspace } from '../../src/api/types.ts';
import type { Container } from '../../src/drivers/container/driver.ts';
import type { Route } from '../../src/proxy/routes.ts';
import type { Observation } from './observation.ts';
import { awaitedPorts, tcpPorts, urlPorts, type ClassifiedPort } from './ports.ts';
import { cloneReady } from './predicates.ts';

/** What the proxy is told while no machine answers: nothing leads anywhere, and requests can make a Lazy workspace real. Pure. */
export function announcedRoute(workspace: Workspace, observation: Observation): Route {
  const { project, clone } = observation;
  const focused = focusedAt(workspace.metadata);
  return {
    workspace: workspace.metadata.name,
    ports: [],
    awaited: workspace.spec.state === 'Lazy' ? awaitedPorts(project?.spec.ports ?? []) : [],
    ...(cloneReady(workspace, observation) && { directory: clone.dir }),
    ...(focused !== undefined && { focusedAt: focused }),
  };
}

/** What it is told of a machine that answers. Pure. */
export function servedRoute(
  workspace: Workspace,
  observation: Observation,
  { container, ports }: { container: Container; ports: readonly ClassifiedPort[] },
): Route {
  const announced = announcedRoute(workspace, observation);
  const served = urlPorts(ports);
  const { address } = observation;
  return {
    ...announced,
    endpoint: container.guest,
    ports: served,
    awaited: announced.awaited.filter((port) => !served.includes(port)),
    ...(address !== undefined && { tcp: { address, ports: tcpPorts(ports) } }),
  };
}

/** The same for the same route. */
export function routeKey(route: Route): string {
  return JSON.stringify(route);
}
