import type { IncomingMessage } from 'node:http';
import type { GuestEndpoint } from '../drivers/container/driver.ts';
import { hopsOf, pairs } from './headers.ts';
import { hostName, isLocalName, workspaceOf } from './host.ts';
import {
  badRequestPage,
  deadPortPage,
  foreignHostPage,
  loopPage,
  notRunningPage,
  unknownHostPage,
  type Page,
} from './pages.ts';
import { originForm } from './request-target.ts';
import type { Route } from './routes.ts';
import type { RoutingTable } from './routing-table.ts';

/** Where a request goes. */
export interface Destination {
  route: Route;
  endpoint: GuestEndpoint;
  port: number;
  /** Path and query to ask for. */
  path: string;
}

export type Decision = { destination: Destination } | { page: Page };

/** Through the proxy, to a service, and from there to the proxy again is one time too many. */
const MAX_HOPS = 2;

/** What becomes of a request, by its own head and the port that it came in on, whatever came before it on that connection. */
export function decide(request: IncomingMessage, table: RoutingTable): Decision {
  const hosts = pairs(request.rawHeaders).filter(([name]) => name.toLowerCase() === 'host');
  const [, host = ''] = hosts[0] ?? [];
  if (hosts.length !== 1) return { page: badRequestPage('A request has to carry exactly one Host header.') };
  const path = originForm(request.url ?? '', host);
  if (path === undefined)
    return { page: badRequestPage('The target of the request does not agree with its Host header.') };
  if (hopsOf(request) >= MAX_HOPS) return { page: loopPage(host) };
  return locate(host, request.socket.localPort ?? 0, path, table);
}

function locate(host: string, port: number, path: string, table: RoutingTable): Decision {
  const name = hostName(host);
  if (name === undefined || !isLocalName(name)) return { page: foreignHostPage(host) };
  const route = table.get(workspaceOf(name) ?? '');
  if (!route) return { page: unknownHostPage(name, port, table.serving(port)) };
  if (!route.endpoint) return { page: notRunningPage(route) };
  if (!route.ports.includes(port)) {
    return {
      page: deadPortPage(route, port, `Nothing in ${route.workspace} listens on port ${port} for the browser.`),
    };
  }
  return { destination: { route, endpoint: route.endpoint, port, path } };
}
