import http, { ServerResponse, type IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Socket } from 'node:net';
import type { Destination } from './decide.ts';
import { MAX_HEADER_BYTES, relay } from './forward.ts';
import { connectionTokens, mayHaveBody, pairs, upgradeHeaders } from './headers.ts';
import { joinStreams } from './join-streams.ts';
import type { Upstreams } from './upstreams.ts';

/** A request that wants another protocol, with its connection and what came after its head. */
export interface Upgrade {
  request: IncomingMessage;
  socket: Duplex;
  head: Buffer;
}

/**
 * Whether an upgrade is to be passed on. HTTP/2 without TLS is only ever an offer, and one with a body cannot be refused in the
 * middle: such requests are served as if they had not asked.
 */
export function isWanted(request: IncomingMessage): boolean {
  return !mayHaveBody(request) && !/\bh2c\b/i.test(request.headers.upgrade ?? '');
}

/** Gives the connection back to the server with the same request, less its wish. */
export function withoutUpgrade(server: http.Server, { request, socket, head }: Upgrade): void {
  const asked = new Set(['upgrade', 'http2-settings']);
  const lines = pairs(request.rawHeaders).filter(
    ([name]) => !asked.has(name.toLowerCase()) && !/^connection$/i.test(name),
  );
  const connection = connectionTokens(request.headers.connection).filter((token) => !asked.has(token));
  if (connection.length > 0) lines.push(['Connection', connection.join(', ')]);
  const start = `${request.method} ${request.url} HTTP/${request.httpVersion}`;
  const text = [start, ...lines.map(([name, value]) => `${name}: ${value}`), '', ''].join('\r\n');
  socket.unshift(Buffer.concat([Buffer.from(text, 'latin1'), head]));
  server.emit('connection', socket);
}

/** A response on a connection that the server has let go of. It is the last one there. */
export function responseOn({ request, socket }: Upgrade): ServerResponse {
  const response = new ServerResponse(request);
  response.shouldKeepAlive = false;
  response.assignSocket(socket as Socket);
  const resume = (): void => {
    response.emit('drain');
  };
  socket.on('drain', resume);
  // What the client sends is dropped: left unread, it would make a reset of the end.
  socket.resume();
  response.once('finish', () => {
    response.detachSocket(socket as Socket);
    socket.end(() => socket.destroy());
  });
  return response;
}

export interface UpgradeExchange extends Upgrade {
  destination: Destination;
  upstreams: Upstreams;
  /** The upstream could not be asked, or gave no answer. Nothing has been sent to the client yet. */
  onFailure(error: Error): void;
}

/** Has the upstream switch protocols, and joins both connections once it has. What the client sends earlier is held back. */
export function forwardUpgrade(exchange: UpgradeExchange): void {
  const { request, socket, head, destination, upstreams } = exchange;
  // At once: nothing can be put back after the client's end has been seen.
  if (head.length > 0) socket.unshift(head);
  const outgoing = http.request({
    ...upstreams.single(destination),
    method: request.method,
    path: destination.path,
    headers: upgradeHeaders(request),
    maxHeaderSize: MAX_HEADER_BYTES,
  });
  const abandon = (): void => {
    outgoing.destroy();
  };
  let answered = false;
  socket.once('close', abandon);
  outgoing.on('error', (error) => {
    if (!answered && !socket.destroyed) exchange.onFailure(error);
  });
  outgoing.on('response', (incoming) => {
    answered = true;
    relay(incoming, { request, response: responseOn(exchange), onFailure: exchange.onFailure });
  });
  outgoing.on('upgrade', (incoming, upstream, rest) => {
    answered = true;
    socket.removeListener('close', abandon);
    socket.write(switching(incoming), 'latin1');
    if (rest.length > 0) upstream.unshift(rest);
    joinStreams(socket, upstream);
  });
  outgoing.end();
}

function switching(incoming: IncomingMessage): string {
  const lines = pairs(incoming.rawHeaders).map(([name, value]) => `${name}: ${value}`);
  return [`HTTP/1.1 101 ${incoming.statusMessage || 'Switching Protocols'}`, ...lines, '', ''].join('\r\n');
}
