import type { Clock } from '../clock/clock.ts';
import type { Log } from '../log/log.ts';
import type { AccessLog } from './access-log.ts';
import type { ClientConnection } from './client-connection.ts';
import type { Decide } from './decide.ts';
import type { Peers } from './peer-process.ts';
import type { RoutingTable } from './routing-table.ts';
import type { Tls } from './tls/tls.ts';
import type { Traffic } from './traffic.ts';
import type { Upstreams } from './upstreams.ts';

/** What all connections of the proxy share. */
export interface FrontContext {
  table: RoutingTable;
  decide: Decide;
  upstreams: Upstreams;
  traffic: Traffic;
  access: AccessLog;
  peers: Peers;
  tls: Tls;
  clock: Clock;
  log: Log;
  connections: Set<Pick<ClientConnection, 'sweep' | 'destroy'>>;
  /** Somebody wants to see a workspace whose route has no endpoint. */
  onRequest(workspace: string): void;
}
