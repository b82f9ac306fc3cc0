import http from 'node:http';
import type { Duplex } from 'node:stream';
import type { GuestEndpoint } from '../drivers/container/driver.ts';
import { openTunnel } from '../guest/tunnel.ts';
import type { Destination } from './decide.ts';

/** Connections into the machines: kept and used again per workspace and port, or for one request alone. */
export interface Upstreams {
  /** Request options that take a connection from those that are kept. */
  pooled(destination: Destination): http.RequestOptions;
  /** Request options that make a connection and keep it out of the pool. */
  single(destination: Destination): http.RequestOptions;
  /** Ends the connections to that workspace, unless they lead to that endpoint. */
  drop(workspace: string, except?: GuestEndpoint): void;
  close(): void;
}

/** Shorter than what servers wait for the next request (Node: 5 s), so that a kept connection is seldom one just closed. */
const IDLE_MS = 4_000;

/** As Node declares it; with an error there is no socket. */
type Connected = (error: Error | null, socket: Duplex) => void;

export function createUpstreams(): Upstreams {
  const pools = new Map<string, { agent: http.Agent; endpoint: GuestEndpoint }>();
  const poolOf = ({ route, endpoint }: Destination): http.Agent => {
    const known = pools.get(route.workspace);
    if (known && sameEndpoint(known.endpoint, endpoint)) return known.agent;
    known?.agent.destroy();
    const agent = createPool(endpoint);
    pools.set(route.workspace, { agent, endpoint });
    return agent;
  };
  return {
    pooled: (destination) => ({
      agent: poolOf(destination),
      host: destination.route.workspace,
      port: destination.port,
    }),
    single: ({ endpoint, port }) => ({
      createConnection: (_options, connected) => void connect(() => openTunnel(endpoint, port), connected),
    }),
    drop(workspace, except) {
      const known = pools.get(workspace);
      if (!known || (except && sameEndpoint(known.endpoint, except))) return;
      pools.delete(workspace);
      known.agent.destroy();
    },
    close() {
      for (const { agent } of pools.values()) agent.destroy();
      pools.clear();
    },
  };
}

function createPool(endpoint: GuestEndpoint): http.Agent {
  const agent = new http.Agent({ keepAlive: true, timeout: IDLE_MS, maxFreeSockets: 64, scheduling: 'lifo' });
  agent.createConnection = (options, connected) =>
    void connect(() => openKept(endpoint, Number(options.port)), connected);
  return agent;
}

/** Tunnels are half-open: without this, one that waits in the pool would outlive the server's end of it. */
async function openKept(endpoint: GuestEndpoint, port: number): Promise<Duplex> {
  const tunnel = await openTunnel(endpoint, port);
  tunnel.on('end', () => tunnel.end());
  return tunnel;
}

async function connect(open: () => Promise<Duplex>, connected: Connected = () => undefined): Promise<void> {
  let tunnel: Duplex;
  try {
    tunnel = await open();
  } catch (error) {
    (connected as (error: Error) => void)(error as Error);
    return;
  }
  connected(null, tunnel);
}

function sameEndpoint(one: GuestEndpoint, other: GuestEndpoint): boolean {
  return one.socket === other.socket;
}
