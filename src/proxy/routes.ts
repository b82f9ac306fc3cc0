import type { GuestEndpoint } from '../drivers/container/driver.ts';

/** Where the controllers say what the proxy shall serve, and hear what came of it. */
export interface Routes {
  /** Replaces the route of that workspace. Idempotent, cheap when nothing changed. @throws RetryError ProxyUnavailable */
  publish(route: Route): Promise<PortResult[]>;
  /** Takes the workspace's host name away. @throws RetryError ProxyUnavailable */
  withdraw(workspace: string): Promise<void>;
  /** The workspaces that the proxy has routes of, an adopted one's earlier ones too. @throws RetryError ProxyUnavailable */
  list(): Promise<string[]>;
  /** Reports a workspace whose PortResults have changed; undefined = the proxy has come back empty, publish everything. */
  watch(onChange: (workspace: string | undefined) => void, signal: AbortSignal): void;
}

export interface Route {
  /** Also the label in front of `.localhost`. */
  workspace: string;
  /** Left out while nothing answers there: pages say `state` instead. */
  endpoint?: GuestEndpoint;
  /** Only ports that belong on the host's loopback; ascending. */
  ports: number[];
  /** What a page about the workspace tells when its port does not answer. */
  state: { phase: string; message: string };
}

export interface PortResult {
  port: number;
  listening: boolean;
  /** PortTaken or PortForbidden when not listening. */
  reason?: string;
  message?: string;
}
