import http, { type IncomingMessage, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Log } from '../log/log.ts';
import { decide, type Destination } from './decide.ts';
import { forward, MAX_HEADER_BYTES } from './forward.ts';
import { deadPortPage, noConnectPage, type Page } from './pages.ts';
import { sendPage } from './render-page.ts';
import type { RoutingTable } from './routing-table.ts';
import { forwardUpgrade, isWanted, responseOn, withoutUpgrade, type Upgrade } from './upgrade.ts';
import type { Upstreams } from './upstreams.ts';

export interface FrontOptions {
  table: RoutingTable;
  upstreams: Upstreams;
  log: Log;
}

/** A server, not yet listening, that answers for every workspace. Which one is decided request by request. */
export function createFront(options: FrontOptions): http.Server {
  const server = http.createServer({
    // Uploads and streams may take as long as they like; a head may not.
    requestTimeout: 0,
    headersTimeout: 60_000,
    keepAliveTimeout: 65_000,
    maxHeaderSize: MAX_HEADER_BYTES,
  });
  const serve = (request: IncomingMessage, response: ServerResponse): void => {
    // The port is being let go: this connection too.
    if (!server.listening) response.shouldKeepAlive = false;
    serveRequest({ request, response }, options);
  };
  server.on('request', serve);
  server.on('checkContinue', serve);
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    serveUpgrade(server, { request, socket, head }, options);
  });
  server.on('connect', (request: IncomingMessage, socket: Duplex) => {
    socket.on('error', () => socket.destroy());
    sendPage(responseOn({ request, socket, head: Buffer.alloc(0) }), noConnectPage(), request.headers.accept);
  });
  return server;
}

interface Incoming {
  request: IncomingMessage;
  response: ServerResponse;
}

function serveRequest(incoming: Incoming, { table, upstreams, log }: FrontOptions): void {
  const { request, response } = incoming;
  const decision = decide(request, table);
  if ('page' in decision) {
    refuse(incoming, decision.page);
    return;
  }
  const { destination } = decision;
  const onFailure = (error: Error): void => {
    log.debug({ workspace: destination.route.workspace, port: destination.port, error: error.message }, 'no answer');
    refuse(incoming, failurePage(destination, error, table));
  };
  try {
    forward({ request, response, destination, upstreams, onFailure });
  } catch (error) {
    onFailure(error as Error);
  }
}

function serveUpgrade(server: http.Server, upgrade: Upgrade, { table, upstreams }: FrontOptions): void {
  const { request, socket } = upgrade;
  if (!isWanted(request)) {
    withoutUpgrade(server, upgrade);
    return;
  }
  socket.on('error', () => socket.destroy());
  const decision = decide(request, table);
  if ('page' in decision) {
    sendPage(responseOn(upgrade), decision.page, request.headers.accept);
    return;
  }
  const { destination } = decision;
  const onFailure = (error: Error): void => {
    sendPage(responseOn(upgrade), failurePage(destination, error, table), request.headers.accept);
  };
  try {
    forwardUpgrade({ ...upgrade, destination, upstreams, onFailure });
  } catch (error) {
    onFailure(error as Error);
  }
}

function refuse({ request, response }: Incoming, page: Page): void {
  // What is left of the body is read and dropped, so that the client sees the answer.
  request.unpipe();
  request.resume();
  sendPage(response, page, request.headers.accept);
}

/** As the workspace is now: it may have stopped since the request came in. */
function failurePage({ route, port }: Destination, error: Error, table: RoutingTable): Page {
  return deadPortPage(table.get(route.workspace) ?? route, port, sentence(error.message));
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}
