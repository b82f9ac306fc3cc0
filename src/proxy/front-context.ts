import type { Clock } from '../clock/clock.ts';
import type { Log } from '../log/log.ts';
import type { AccessLog } from './access-log.ts';
import type { ClientConnection } from './client-connection.ts';
import type { Decide } from './decide.ts';
import type { Peers } from './peer-process.ts';
import type { Directories } from './proc/search.ts';
import type { RoutingTable } from './routing-table.ts';
import type { Tls } from './tls/tls.ts';
import type { Traffic } from './traffic.ts';
import type { Upstreams } from './upstreams.ts';

/** How long clients may let themselves be waited for. Milliseconds. */
export interface Patience {
  /** For a head to come, from its first byte or the connection's start. */
  head: number;
  /** Between two requests; longer than what clients and servers wait by themselves. */
  idle: number;
  /** While what a client still sends after the last answer is read and dropped, so that it sees the answer rather than a reset. */
  linger: number;
  /** From one look at all connections to the next. */
  sweep: number;
}

export const PATIENCE: Patience = { head: 30_000, idle: 75_000, linger: 2_000, sweep: 1_000 };

/** What all connections of the proxy share. */
export interface FrontContext {
  table: RoutingTable;
  decide: Decide;
  upstreams: Upstreams;
  traffic: Traffic;
  access: AccessLog;
  peers: Peers;
  /** Where the clones are. */
  directories(): Promise<Directories>;
  tls: Tls;
  patience: Patience;
  clock: Clock;
  log: Log;
  connections: Set<Pick<ClientConnection, 'sweep' | 'destroy'>>;
  /** Somebody wants to see a workspace whose route has no endpoint. */
  onWanted(workspace: string): void;
}
