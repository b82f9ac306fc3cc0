import type { PortStatus } from '../../src/api/types.ts';
import type { PortResult } from '../../src/proxy/routes.ts';
import type { Observation } from './observation.ts';
import type { ClassifiedPort } from './ports.ts';

/** `status.ports`: every port that something listens on, with its URL or why it has none. */
export function portStatuses(workspace: string, { routes }: Observation): PortStatus[] {
  return (routes?.ports ?? []).map((port) =>
    portStatus(
      workspace,
      port,
      routes?.results?.find((result) => result.port === port.port),
    ),
  );
}

function portStatus(workspace: string, classified: ClassifiedPort, result: PortResult | undefined): PortStatus {
  const { port, name, protocol, process, refusal } = classified;
  const routed = refusal === undefined && result?.listening === true;
  const why = routed ? undefined : (refusal ?? result);
  return {
    port,
    name,
    protocol,
    process: process || undefined,
    listening: true,
    routed,
    url: routed ? `http://${workspace}.localhost:${port}` : undefined,
    reason: why?.reason,
    message: why?.message,
  };
}
