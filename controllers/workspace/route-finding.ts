import { REASON } from '../../src/api/conditions.ts';
import type { Workspace } from '../../src/api/types.ts';
import type { PortResult, RouteResults } from '../../src/proxy/routes.ts';
import type { Finding } from './findings.ts';
import type { Observation } from './observation.ts';
import { isOffered } from './ports.ts';

const NOTHING: RouteResults = { http: [], awaited: [], tcp: [] };

/**
 * What is to be said of the routes. A URL that cannot be had is worth a warning; a plain TCP address that cannot be had is told, and no
 * more, since `dual connect` reaches the port all the same. Pure.
 */
export function routeFinding(observation: Observation, { metadata }: Workspace): Finding {
  const { results = NOTHING, ports = [] } = observation.routes ?? {};
  const failed = results.http.filter(({ listening }) => !listening);
  const remarks = plainTcpRemarks(metadata.name, observation, results);
  const [first] = failed;
  if (first) {
    const message = [...failed.map(messageOf), ...remarks].join('; ');
    return { status: 'False', reason: first.reason ?? REASON.portTaken, message };
  }
  const served = ports.filter(isOffered).map(({ port }) => port);
  if (served.length === 0) return { status: 'True', reason: REASON.noPorts, message: 'nothing listens on a port yet' };
  const where = results.tcp.some(({ listening }) => listening) ? [`plain TCP on ${observation.address ?? ''}`] : [];
  const message = [`ports ${served.join(', ')}`, ...where, ...remarks].join('; ');
  return { status: 'True', reason: REASON.routed, message };
}

/** What is to be said of a Lazy workspace that is not real yet: which ports cannot make it so. Pure. */
export function awaitedRemarks({ announced = NOTHING }: Observation): string[] {
  const failed = announced.awaited.filter(({ listening }) => !listening);
  return failed.map((result) => `${messageOf(result)}; a request there will not make this workspace real`);
}

/** Not of what is said already, nor of ports that nobody asked for by number. */
function plainTcpRemarks(workspace: string, { routes, address }: Observation, { http, tcp }: RouteResults): string[] {
  const isTold = (port: number): boolean => http.some((result) => result.port === port && !result.listening);
  const isWorthIt = (port: number): boolean =>
    routes?.ports.some((one) => one.port === port && isOffered(one)) ?? false;
  const failed = tcp.filter(({ port, listening }) => !listening && isWorthIt(port) && !isTold(port));
  if (failed.length === 0) return [];
  if (failed.some(({ reason }) => reason === REASON.noAddress)) return [noAddress(workspace, address ?? '')];
  const port = failed.length === 1 ? failed[0]!.port : 'PORT';
  return [...failed.map(messageOf), `until then: dual connect ${workspace} ${port}`];
}

/** The same for every port, so it is said once. */
function noAddress(workspace: string, address: string): string {
  const remedy = `add it to the loopback interface (macOS: sudo ifconfig lo0 alias ${address} up)`;
  return `plain TCP needs the address ${address}, which this machine does not have: ${remedy}, or use dual connect ${workspace} PORT`;
}

function messageOf({ port, message }: PortResult): string {
  return message ?? `port ${port} is not listened on`;
}
