import type { GuestEndpoint } from '../drivers/container/driver.ts';

/** Where the controllers say what the proxy shall serve, and hear what came of it. */
export interface Routes {
  /** Replaces the route of that workspace. Idempotent, cheap when nothing changed. @throws RetryError ProxyUnavailable */
  publish(route: Route): Promise<RouteResults>;
  /** What pages tell of that workspace. Idempotent, cheap when nothing changed. @throws RetryError ProxyUnavailable */
  describe(workspace: string, description: Description): Promise<void>;
  /** Takes the workspace's host name away. @throws RetryError ProxyUnavailable */
  withdraw(workspace: string): Promise<void>;
  /** The workspaces that the proxy has routes of, an adopted one's earlier ones too. @throws RetryError ProxyUnavailable */
  list(): Promise<string[]>;
  watch(handlers: RouteHandlers, signal: AbortSignal): void;
}

export interface RouteHandlers {
  /** The results of that workspace have changed; undefined = the proxy has come back empty, publish everything. */
  onChange(workspace: string | undefined): void;
  /** Somebody wants to see a workspace whose route has no endpoint. At most once a second for each. */
  onWanted(workspace: string): void;
}

export interface Route {
  /** Also the label in front of `.localhost`. */
  workspace: string;
  /** Left out while nothing answers there: pages say why instead. */
  endpoint?: GuestEndpoint;
  /** Ports inside that are served by host name on the loopback addresses of the proxy; ascending. */
  ports: number[];
  /** Further ports that are listened on before anything does inside, so that a request can make a Lazy workspace real; ascending. */
  awaited: number[];
  /** The workspace's own loopback address, on which these ports are served as plain TCP; ascending. */
  tcp?: { address: string; ports: number[] };
  /** The clone. A process of the host that stands in it and asks for plain `localhost` means this workspace. Absolute. */
  directory?: string;
  /** When plain `localhost` was pointed at it, RFC 3339; the latest counts. */
  focusedAt?: string;
}

/** What there is to tell about a workspace that does not answer. */
export interface Description {
  phase: string;
  /** Of the condition `Ready`. */
  message: string;
  /** Those that make up `Ready`, in the order in which they come about. */
  conditions: { type: string; status: string; reason: string; message: string }[];
}

export interface RouteResults {
  /** Of `ports`. */
  http: PortResult[];
  /** Of `awaited`: a request to a port that another program has makes nothing real. */
  awaited: PortResult[];
  /** Of `tcp.ports`. */
  tcp: PortResult[];
}

export interface PortResult {
  port: number;
  listening: boolean;
  /** PortTaken, PortForbidden, NoAddress or ProxyUnavailable when not listening. */
  reason?: string;
  message?: string;
}
