import type { GuestEndpoint } from '../drivers/container/driver.ts';
import { hostName, isLocalName, isPlainName, workspaceOf } from './host.ts';
import { targetOf, type RequestHead } from './http/request-head.ts';
import {
  badRequestPage,
  focusedWithoutPortPage,
  foreignHostPage,
  loopPage,
  noConnectPage,
  plainLocalhostPage,
  unknownHostPage,
  type Page,
  type WorkspacePage,
} from './pages.ts';
import { originForm } from './request-target.ts';
import type { Route } from './routes.ts';
import type { RoutingTable } from './routing-table.ts';

/** Where a request goes. */
export interface Destination {
  workspace: string;
  endpoint: GuestEndpoint;
  port: number;
}

export type Decision =
  /** `target` is the path and query to ask for, where they are not those of the head. */
  | { destination: Destination; target: string | undefined }
  | { page: Page }
  /** It is for a workspace in which nothing answers there yet, or whose page asks how it goes on. */
  | { absent: Route; page?: WorkspacePage }
  /** It is for plain `localhost`, and it has to be found out who asks. */
  | 'whose';

/**
 * Who asks for plain `localhost`: the workspace that the process belongs to, if it does, by the routes of that revision. Undefined: not found
 * out yet.
 */
export type Owner = { workspace: string | undefined; revision: number } | undefined;

/** Through the proxy, to a service, and from there to the proxy again is one time too many. */
const MAX_HOPS = 2;
const DISAGREES = 'The target of the request does not agree with its Host header.';
const SLASH = 0x2f;
/** Host headers that are remembered. */
const MAX_KNOWN = 1_000;
/** Characters of one that is. */
const MAX_HOST = 255;

/** What becomes of a request, by its own head, the port that it came in on, and for plain `localhost` by who asks. */
export type Decide = (request: { head: RequestHead; bytes: Buffer }, port: number, owner: Owner) => Decision;

export function createDecide(table: RoutingTable): Decide {
  const known = new Map<string, string>();
  /** The name in the Host header, as hostName() gives it; '' where it is none. */
  function nameIn(host: string): string {
    let name = known.get(host);
    if (name === undefined) {
      name = hostName(host) ?? '';
      if (known.size >= MAX_KNOWN) known.clear();
      if (host.length <= MAX_HOST) known.set(host, name);
    }
    return name;
  }

  return ({ head, bytes }, port, owner) => {
    if (head.method === 'CONNECT') return { page: noConnectPage() };
    let target: string | undefined;
    if (bytes[head.targetStart] !== SLASH) {
      target = originForm(targetOf(bytes, head), head);
      if (target === undefined) return { page: badRequestPage(DISAGREES) };
    }
    if (head.hops >= MAX_HOPS) return { page: loopPage(head.host) };
    const name = nameIn(head.host);
    if (name === '' || !isLocalName(name)) return { page: foreignHostPage(head.host) };
    if (isPlainName(name)) return plain(owner, port, { table, target, head });
    const route = table.get(workspaceOf(name) ?? '');
    if (!route) return { page: unknownHostPage(name, port, table.serving(port)) };
    return inWorkspace(route, port, { target, head });
  };
}

function plain(
  owner: Owner,
  port: number,
  { table, target, head }: { table: RoutingTable; target: string | undefined; head: RequestHead },
): Decision {
  if (!owner || owner.revision !== table.revision()) return 'whose';
  const own = owner.workspace === undefined ? undefined : table.get(owner.workspace);
  const focused = table.focused();
  const route = own ?? focused;
  if (!route) return { page: plainLocalhostPage(port, table.serving(port)) };
  if (route === focused && route.endpoint && !route.ports.includes(port)) {
    return { absent: route, page: focusedWithoutPortPage };
  }
  return inWorkspace(route, port, { target, head });
}

function inWorkspace(
  route: Route,
  port: number,
  { target, head }: { target: string | undefined; head: RequestHead },
): Decision {
  const { workspace, endpoint } = route;
  const isServed = endpoint !== undefined && route.ports.includes(port);
  if (isServed && !head.isProgress) return { destination: { workspace, endpoint, port }, target };
  return { absent: route };
}
