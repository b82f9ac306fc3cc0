/** What has passed through one port of one workspace since the proxy began. Plain numbers, since they are counted on the hot path. */
export interface PortTraffic {
  readonly workspace: string;
  readonly port: number;
  /** Requests that were passed on, by the class of their answers' status: 1xx (upgrades) to 5xx. Index 0: answers that never came. */
  readonly requests: [number, number, number, number, number, number];
  /** From clients to the workspace. */
  bytesIn: number;
  /** From the workspace to clients. */
  bytesOut: number;
  /** Exchanges and plain TCP connections under way. */
  open: number;
  /** Plain TCP connections so far. */
  connections: number;
  /** Requests and connections that failed: nothing answered, or the exchange was cut off by the workspace's side. */
  errors: number;
}

export interface Traffic {
  of(workspace: string, port: number): PortTraffic;
  all(): Iterable<PortTraffic>;
  /** Forgets what belongs to that workspace. */
  drop(workspace: string): void;
}

export function createTraffic(): Traffic {
  const counters = new Map<string, Map<number, PortTraffic>>();
  return {
    of(workspace, port) {
      let ports = counters.get(workspace);
      if (!ports) counters.set(workspace, (ports = new Map()));
      let traffic = ports.get(port);
      if (!traffic) {
        traffic = {
          workspace,
          port,
          requests: [0, 0, 0, 0, 0, 0],
          bytesIn: 0,
          bytesOut: 0,
          open: 0,
          connections: 0,
          errors: 0,
        };
        ports.set(port, traffic);
      }
      return traffic;
    },
    *all() {
      for (const ports of counters.values()) yield* ports.values();
    },
    drop: (workspace) => void counters.delete(workspace),
  };
}
