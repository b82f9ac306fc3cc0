import type { PortResult } from './routes.ts';

/**
 * HTTP/1.1 over the proxy's control socket.
 *
 * - `GET /v1` → ProxyHello
 * - `GET /v1/routes` → RouteList
 * - `PUT /v1/routes/{workspace}` with a Route → Published, once each of its ports has been tried
 * - `DELETE /v1/routes/{workspace}` → 204, also when there was none
 * - `GET /v1/watch` → one WatchMessage a line, for every workspace whose results have changed since it was published
 * - `POST /v1/shutdown` → 202, then the proxy lets go of everything and ends
 */
export const PROTOCOL = 1;

export interface ProxyHello {
  dual: 'proxy';
  /** Protocol versions that it speaks, oldest and newest. */
  protocols: [number, number];
  /** Version of Dual that the proxy came with. */
  version: string;
  pid: number;
  /** Addresses that it listens on, in the order given. */
  listen: string[];
}

export interface RouteList {
  /** Names of the workspaces that it has a route of. */
  workspaces: string[];
}

export interface Published {
  results: PortResult[];
  /** Rises with every change of any result: of two answers about one workspace the higher one counts. */
  revision: number;
}

export interface WatchMessage extends Published {
  workspace: string;
}
