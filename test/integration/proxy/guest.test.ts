import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import http from 'node:http';
import type net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { systemClock } from '../../../src/clock/clock.ts';
import { createCommands } from '../../../src/guest/server/commands.ts';
import { createPortWatch } from '../../../src/guest/server/port-watch.ts';
import { createGuestServer } from '../../../src/guest/server/server.ts';
import { silentLog } from '../../../src/log/log.ts';
import { createProxy, type Proxy } from '../../../src/proxy/proxy.ts';
import { createTls } from '../../../src/proxy/tls/tls.ts';
import { bigStream, sha256Of } from '../../support/big-stream.ts';
import { eventually } from '../../support/eventually.ts';
import { ask, echo, echoed, freePort } from '../../support/proxy-fixture.ts';

/** Another loopback address than those that services of a machine use, since guest and proxy share this one. */
const HOST = '127.0.1.1';

let dir: string;
let guest: http.Server;
/** Those of the guest; that of a channel is not its HTTP server's any more. */
let connections: Set<net.Socket>;
let service: http.Server;
let proxy: Proxy;
let port: number;

beforeEach(async () => {
  dir = await mkdtemp(path.join(os.tmpdir(), 'dual-'));
  const user = { ...os.userInfo(), name: os.userInfo().username, home: dir };
  const commands = createCommands({ user, env: {} });
  guest = createGuestServer({ version: '1', commands, ports: createPortWatch() });
  connections = new Set();
  guest.on('connection', (socket) => connections.add(socket));
  await once(guest.listen(path.join(dir, 's')), 'listening');
  service = http.createServer();
  const tls = createTls({ dir: path.join(dir, 'ca'), clock: systemClock, log: silentLog });
  proxy = createProxy({ listen: [HOST], tls, clock: systemClock, log: silentLog });
  port = await freePort();
  proxy.describe('one', { phase: 'Ready', message: '', conditions: [] });
  await proxy.publish({ workspace: 'one', endpoint: { socket: path.join(dir, 's') }, ports: [port], awaited: [] });
});

afterEach(async () => {
  proxy.close();
  for (const socket of connections) socket.destroy();
  for (const server of [guest, service]) {
    server.closeAllConnections();
    server.close();
  }
  await rm(dir, { recursive: true, force: true });
});

const serve = (host: string): Promise<unknown> => once(service.listen(port, host), 'listening');
const headers = { host: 'one.localhost' };

it.each(['127.0.0.1', '::1'])('reaches a server on %s, again and again', async (host) => {
  service.on('request', echo);
  await serve(host);
  for (const method of ['GET', 'POST', 'GET', 'PUT']) {
    const body = method === 'GET' ? '' : 'hello';
    const answer = await ask(port, { host: HOST, method, path: '/x?y', headers, body });
    expect(echoed(answer)).toMatchObject({ method, url: '/x?y', body, headers: { host: 'one.localhost' } });
  }
  service.closeIdleConnections();
  expect((await ask(port, { host: HOST, headers })).status).toBe(200);
});

it('says so when nothing listens, or the guest is gone', async () => {
  const refused = await ask(port, { host: HOST, headers });
  expect([refused.status, refused.body]).toEqual([
    502,
    expect.stringMatching(/one is Ready\..* Nothing answers on port/),
  ]);
  for (const socket of connections) socket.destroy();
  guest.close();
  const gone = await ask(port, { host: HOST, headers });
  expect([gone.status, gone.body]).toEqual([502, expect.stringMatching(/The machine does not answer/)]);
});

it('carries websockets', async () => {
  const sockets = new WebSocketServer({ server: service });
  sockets.on('connection', (socket) =>
    socket.on('message', (data, isBinary) => socket.send(data, { binary: isBinary })),
  );
  await serve('127.0.0.1');
  const client = new WebSocket(`ws://${HOST}:${port}/`, { headers });
  await once(client, 'open');
  for (const message of ['hello', 'x'.repeat(1_000_000)]) {
    client.send(message);
    const [data] = (await once(client, 'message')) as [Buffer];
    expect(data.toString()).toBe(message);
  }
  client.close();
  await once(client, 'close');
  await eventually(() => expect(sockets.clients.size).toBe(0));
});

it('streams events, and ends them with the client', async () => {
  await serve('127.0.0.1');
  const arrived = once(service, 'request') as Promise<[http.IncomingMessage, http.ServerResponse]>;
  const request = http.get({ host: HOST, port, agent: false, headers });
  const [, stream] = await arrived;
  stream.writeHead(200, { 'Content-Type': 'text/event-stream' }).flushHeaders();
  const [response] = (await once(request, 'response')) as [http.IncomingMessage];
  stream.write('data: 1\n\n');
  const [chunk] = (await once(response, 'data')) as [Buffer];
  expect(chunk.toString()).toBe('data: 1\n\n');
  const closed = once(stream, 'close');
  response.on('error', () => response.destroy());
  request.destroy();
  await closed;
});

it('passes 50 MB each way', async () => {
  const { open, sha256 } = bigStream(50);
  service.on('request', (request, response) => {
    if (request.method === 'GET') void pipeline(open(), response);
    else void sha256Of(request).then((sum) => response.end(sum));
  });
  await serve('127.0.0.1');
  const [download] = (await once(http.get({ host: HOST, port, agent: false, headers }), 'response')) as [
    http.IncomingMessage,
  ];
  expect(await sha256Of(download)).toBe(sha256);
  const upload = http.request({ host: HOST, port, agent: false, method: 'PUT', headers });
  const answered = once(upload, 'response') as Promise<[http.IncomingMessage]>;
  await pipeline(open(), upload);
  const [answer] = await answered;
  expect((await answer.toArray()).join('')).toBe(sha256);
});

it('keeps many streams apart, however their clients take what they are sent', async () => {
  const bytes = 3_000_000;
  service.on('request', (request, response) => {
    response.setHeader('Content-Length', bytes);
    response.end(Buffer.alloc(bytes, Number(request.url?.slice(1))));
  });
  await serve('127.0.0.1');
  const download = async (index: number): Promise<number> => {
    const request = http.get({ host: HOST, port, path: `/${index}`, agent: false, headers });
    const [response] = (await once(request, 'response')) as [http.IncomingMessage];
    let taken = 0;
    for await (const chunk of response as AsyncIterable<Buffer>) {
      taken += chunk.every((byte) => byte === index) ? chunk.length : NaN;
      // Some hold up the others' data in the channel, all of them now and then.
      if (taken % (index + 2) === 0) await new Promise((resolve) => setTimeout(resolve, index % 4));
    }
    return taken;
  };
  const taken = await Promise.all(Array.from({ length: 16 }, (_, index) => download(index)));
  expect(taken).toEqual(Array(16).fill(bytes));
});

it('keeps the directions of a raw stream apart', async () => {
  service.on('upgrade', (_request, socket: net.Socket) => {
    socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: sums\r\n\r\n');
    let bytes = 0;
    socket.on('data', (chunk: Buffer) => (bytes += chunk.length));
    socket.on('end', () => socket.end(`${bytes}`));
  });
  await serve('127.0.0.1');
  const request = http.get({
    host: HOST,
    port,
    agent: false,
    headers: { ...headers, connection: 'Upgrade', upgrade: 'sums' },
  });
  const [, socket] = (await once(request, 'upgrade')) as [unknown, net.Socket];
  socket.end(Buffer.alloc(2_000_000));
  expect((await socket.toArray()).join('')).toBe('2000000');
});
