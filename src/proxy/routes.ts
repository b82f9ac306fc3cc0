/** Where the controllers say what the proxy shall serve, and hear what came of it. */
export interface Routes {
  /** Replaces the routes of that workspace. Idempotent, cheap when nothing changed. @throws RetryError ProxyUnavailable */
  publish(route: Route): Promise<PortResult[]>;
  /** Takes the workspace's host name away. */
  withdraw(workspace: string): Promise<void>;
}

export interface Route {
  /** Also the label in front of `.localhost`. */
  workspace: string;
  /** The guest's socket. */
  socket: string;
  /** Only ports that belong on the host's loopback; ascending. */
  ports: number[];
}

export interface PortResult {
  port: number;
  listening: boolean;
  /** PortTaken or PortForbidden when not listening. */
  reason?: string;
  message?: string;
}
