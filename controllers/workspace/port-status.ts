import type { PortStatus } from '../../src/api/types.ts';
import type { PortResult } from '../../src/proxy/routes.ts';
import type { Observation } from './observation.ts';
import type { ClassifiedPort } from './ports.ts';

/** `status.ports`: every port that something listens on, with where it is reached or why it is not. Pure. */
export function portStatuses(workspace: string, { routes, address = '' }: Observation): PortStatus[] {
  const { http = [], tcp = [] } = routes?.results ?? {};
  return (routes?.ports ?? []).map((classified) => {
    const isIts = (result: PortResult): boolean => result.port === classified.port;
    return portStatus(classified, { workspace, address, http: http.find(isIts), tcp: tcp.find(isIts) });
  });
}

interface Served {
  workspace: string;
  address: string;
  /** What came of its URL, and of its plain TCP; undefined where that is not tried, or not yet. */
  http: PortResult | undefined;
  tcp: PortResult | undefined;
}

function portStatus(classified: ClassifiedPort, served: Served): PortStatus {
  const { port, name, protocol, process, refusal } = classified;
  const result = served[protocol];
  const routed = refusal === undefined && isListening(result);
  const why = routed ? undefined : (refusal ?? result);
  return {
    port,
    name,
    protocol,
    process: process || undefined,
    listening: true,
    routed,
    url: routed ? urlOf(served.workspace, classified) : undefined,
    tcp: isListening(served.tcp) ? `${served.address}:${port}` : undefined,
    reason: why?.reason,
    message: message(why, result === why ? undefined : served.tcp),
  };
}

function urlOf(workspace: string, { port, protocol }: ClassifiedPort): string | undefined {
  return protocol === 'http' ? `http://${workspace}.localhost:${port}` : undefined;
}

function isListening(result: PortResult | undefined): boolean {
  return result?.listening === true;
}

/** Why it is not routed, and why it is not reached as plain TCP where that is another matter. */
function message(why: { message?: string } | undefined, tcp: PortResult | undefined): string | undefined {
  const parts = [why?.message, tcp?.listening === false ? tcp.message : undefined];
  return parts.filter((part) => part !== undefined).join('; ') || undefined;
}
