import type { RouteResults } from './routes.ts';

/**
 * HTTP/1.1 over the proxy's control socket.
 *
 * - `GET /v1` → ProxyHello
 * - `GET /v1/routes` → RouteList
 * - `PUT /v1/routes/{workspace}` with a Route → Published, once each of its ports has been tried
 * - `PUT /v1/routes/{workspace}/description` with a Description → 204; kept also when there is no route yet
 * - `DELETE /v1/routes/{workspace}` → 204, also when there was none; its description goes too
 * - `GET /v1/watch` → one WatchMessage a line
 * - `GET /v1/metrics` → what has passed through, in the text format of Prometheus
 * - `GET /v1/access[?workspace=NAME]` → one AccessEntry a line for every request from now on
 * - `POST /v1/shutdown` → 202, then the proxy lets go of everything and ends
 */
export const PROTOCOL = 2;

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
  results: RouteResults;
  /** Rises with every change of any result: of two answers about one workspace the higher one counts. */
  revision: number;
}

export type WatchMessage =
  /** The results of that workspace have changed since it was published. */
  | ({ type: 'results'; workspace: string } & Published)
  /** Somebody wants to see a workspace whose route has no endpoint, or wanted to while there was nobody to tell. */
  | { type: 'wanted'; workspace: string };
