import http from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { MUX_UPGRADE } from '../mux/wire.ts';
import { EXEC_UPGRADE, GUEST_HEADER, PROTOCOL } from '../protocol.ts';
import type { Hello, ListeningPort, PortsMessage } from '../protocol.ts';
import type { Commands } from './commands.ts';
import { serveExec } from './exec.ts';
import { serveMux } from './mux.ts';
import type { PortWatch } from './port-watch.ts';
import { serveTunnel } from './tunnel.ts';

/** Milliseconds; the other side takes a stream without it for dead after somewhat longer. */
const HEARTBEAT = 30_000;
/** Bytes that a follower may lag behind. */
const MAX_LAG = 1_048_576;

interface Parts {
  version: string;
  commands: Commands;
  ports: PortWatch;
}

/** The guest's HTTP server, see src/guest/protocol.ts. Not yet bound. */
export function createGuestServer(parts: Parts): Server {
  const server = http.createServer({ maxHeaderSize: 8192, requestTimeout: 10_000 }, (request, response) => {
    request.resume();
    response.setHeader(GUEST_HEADER, parts.version);
    answer(request, response, parts);
  });
  server.on('connect', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    void serveTunnel(socket, head, { target: request.url ?? '', version: parts.version });
  });
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    upgrade(request, socket, { head, parts });
  });
  server.on('clientError', (_error, socket) => socket.destroy());
  return server;
}

function answer(request: IncomingMessage, response: ServerResponse, parts: Parts): void {
  if (request.method !== 'GET') plain(response, 405, 'only GET is answered');
  else if (request.url === '/v1') json(response, hello(parts.version));
  else if (request.url === '/v1/ports') streamPorts(response, parts.ports);
  else if (request.url === '/v1/exec') plain(response, 426, `needs Upgrade: ${EXEC_UPGRADE}`);
  else if (request.url === '/v1/mux') plain(response, 426, `needs Upgrade: ${MUX_UPGRADE}`);
  else plain(response, 404, 'no such path');
}

function upgrade(request: IncomingMessage, socket: Duplex, { head, parts }: { head: Buffer; parts: Parts }): void {
  if (request.url === '/v1/mux' && request.headers.upgrade === MUX_UPGRADE) {
    serveMux(socket, head, parts.version);
    return;
  }
  if (request.url !== '/v1/exec' || request.headers.upgrade !== EXEC_UPGRADE) {
    socket.on('error', () => socket.destroy());
    socket.end(`HTTP/1.1 400 Bad Request\r\n${GUEST_HEADER}: ${parts.version}\r\nconnection: close\r\n\r\n`);
    return;
  }
  const headers = [`${GUEST_HEADER}: ${parts.version}`, 'connection: Upgrade', `upgrade: ${EXEC_UPGRADE}`];
  socket.write(`HTTP/1.1 101 Switching Protocols\r\n${headers.join('\r\n')}\r\n\r\n`);
  serveExec(socket, head, parts.commands);
}

function hello(version: string): Hello {
  return { dual: 'guest', protocols: [PROTOCOL, PROTOCOL], version, pid: process.pid };
}

function streamPorts(response: ServerResponse, watch: PortWatch): void {
  let last: ListeningPort[] = [];
  response.writeHead(200, { 'content-type': 'application/x-ndjson' });
  const send = (ports: ListeningPort[]): void => {
    last = ports;
    const message: PortsMessage = { ports };
    if (response.writableLength > MAX_LAG) response.destroy();
    else response.write(`${JSON.stringify(message)}\n`);
  };
  const unsubscribe = watch.subscribe(send);
  const heartbeat = setInterval(() => send(last), HEARTBEAT);
  response.once('close', () => {
    clearInterval(heartbeat);
    unsubscribe();
  });
}

function json(response: ServerResponse, body: unknown): void {
  response.writeHead(200, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}

function plain(response: ServerResponse, status: number, line: string): void {
  response.writeHead(status, { 'content-type': 'text/plain' });
  response.end(`${line}\n`);
}
