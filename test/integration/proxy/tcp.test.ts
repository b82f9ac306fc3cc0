import { once } from 'node:events';
import type http from 'node:http';
import net from 'node:net';
import { afterEach, beforeEach, expect, it, onTestFinished } from 'vitest';
import type { AccessEntry } from '../../../src/proxy/access-log.ts';
import { bigStream, sha256Of } from '../../support/big-stream.ts';
import { eventually } from '../../support/eventually.ts';
import { createProxyFixture, echo, freePort, sendRaw, type ProxyFixture } from '../../support/proxy-fixture.ts';

const ADDRESS = '127.88.1.2';

let fixture: ProxyFixture;
let port: number;

beforeEach(async () => {
  fixture = await createProxyFixture(['127.0.0.1']);
  port = await freePort();
});
afterEach(() => fixture.close());

/** The workspace `one` with that service, which is plain TCP, on its own address. */
async function serve(service: net.Server | http.RequestListener, ports: number[] = []): Promise<void> {
  await fixture.workspace('one', { [port]: service });
  const { results } = await fixture.proxy.publish({
    workspace: 'one',
    endpoint: fixture.guests.get('one')!.endpoint,
    ports,
    awaited: [],
    tcp: { address: ADDRESS, ports: [port] },
  });
  expect(results.tcp).toEqual([{ port, listening: true }]);
}

it('reaches a service that speaks first, and one that waits', async () => {
  await serve(
    net.createServer((socket) => {
      socket.write('220 hello\r\n');
      socket.on('data', (bytes) => socket.write(`got ${String(bytes)}`));
      socket.on('end', () => socket.end());
    }),
  );
  const socket = net.connect(port, ADDRESS);
  const [greeting] = (await once(socket, 'data')) as [Buffer];
  expect(greeting.toString()).toBe('220 hello\r\n');
  socket.write('EHLO\r\n');
  const [answer] = (await once(socket, 'data')) as [Buffer];
  expect(answer.toString()).toBe('got EHLO\r\n');
  socket.end();
  await once(socket, 'close');
});

it('ends each direction by itself, and is cut off with the service', async () => {
  const sockets: net.Socket[] = [];
  const server = net.createServer({ allowHalfOpen: true }, (socket) => {
    sockets.push(socket);
    let bytes = 0;
    socket.on('data', (chunk) => (bytes += chunk.length));
    socket.on('end', () => socket.end(`${bytes}`));
    socket.on('error', () => socket.destroy());
  });
  await serve(server);
  expect(await sendRawEnding(Buffer.alloc(3_000_000, 1))).toBe('3000000');
  const cut = net.connect(port, ADDRESS);
  cut.on('error', () => cut.destroy());
  cut.write('x');
  await eventually(() => expect(sockets).toHaveLength(2));
  sockets[1]!.resetAndDestroy();
  await eventually(() => expect(cut.destroyed).toBe(true));
});

async function sendRawEnding(bytes: Buffer): Promise<string> {
  const socket = net.connect({ port, host: ADDRESS, allowHalfOpen: true });
  socket.end(bytes);
  return (await socket.toArray()).join('');
}

it('carries much, both ways at once', async () => {
  const { open, sha256 } = bigStream(20);
  await serve(net.createServer((socket) => void socket.pipe(socket).on('error', () => socket.destroy())));
  const socket = net.connect(port, ADDRESS);
  const sum = sha256Of(socket);
  open().pipe(socket);
  expect(await sum).toBe(sha256);
});

it('refuses a page from elsewhere whose name was made to lead here, and no other', async () => {
  await serve(echo);
  const get = (host: string): Promise<string> =>
    sendRawTo(`GET /x HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);
  for (const host of [ADDRESS, `${ADDRESS}:${port}`, 'localhost', 'one.localhost', '127.0.0.1:1']) {
    expect(await get(host)).toContain('"url":"/x"');
  }
  for (const host of ['evil.example', `evil.example:${port}`, 'localhost.evil.example', 'a b', '10.0.0.1']) {
    const answer = await get(host);
    expect(answer).toMatch(/^HTTP\/1.1 404 /);
    expect(answer).not.toContain('/x');
  }
});

const sendRawTo = (text: string): Promise<string> => sendRaw(port, text, ADDRESS);

it('holds nothing back that may be all there is to say', async () => {
  await serve(net.createServer((socket) => void socket.on('data', (bytes) => socket.write(`got ${String(bytes)};`))));
  const socket = net.connect(port, ADDRESS);
  let text = '';
  socket.on('data', (bytes) => (text += String(bytes)));
  for (const [index, piece] of ['PING', 'GET /', 'GET / HTTP/1.1'].entries()) {
    socket.write(piece);
    await eventually(() => expect(text.split(';')).toHaveLength(index + 2));
  }
  socket.destroy();
});

it('refuses such a page whatever it asks for, and by whatever method', async () => {
  await serve(echo);
  for (const start of [
    'foo /x',
    'GET2 /x',
    `GET /?${'x'.repeat(9_000)}`,
    `GET /?${'x'.repeat(200_000)}`,
    `${'M'.repeat(30)} /x`,
  ]) {
    const answer = await sendRawTo(`${start} HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n`).catch(
      () => 'reset',
    );
    expect(answer).toMatch(/^HTTP\/1.1 404 |^reset$/);
  }
});

it('sees through a head that comes in pieces', async () => {
  await serve(echo);
  const socket = net.connect(port, ADDRESS);
  let text = '';
  socket.on('data', (bytes) => (text += String(bytes)));
  for (const piece of ['GET /secret HTTP/1.1\r\nX: y\r\nHo', 'st: evil.ex', 'ample\r\n\r\n']) {
    await new Promise((resolve) => socket.write(piece, resolve));
    await new Promise(setImmediate);
  }
  await once(socket, 'end');
  expect(text).toMatch(/^HTTP\/1.1 404 /);
  socket.destroy();
});

it('is counted and told of when it is over', async () => {
  await serve(net.createServer((socket) => void socket.pipe(socket)));
  const told: AccessEntry[] = [];
  fixture.proxy.access.follow((entry) => told.push(entry));
  expect(await sendRawEnding(Buffer.from('hello'))).toBe('hello');
  await eventually(() =>
    expect(told).toMatchObject([
      { workspace: 'one', port, method: 'TCP', bytesIn: 5, bytesOut: 5, client: '127.0.0.1' },
    ]),
  );
  const traffic = fixture.proxy.traffic.of('one', port);
  expect(traffic).toMatchObject({ connections: 1, open: 0, bytesIn: 5, bytesOut: 5, errors: 0 });
});

it('goes with the port, and with the machine', async () => {
  await serve(net.createServer((socket) => void socket.on('error', () => socket.destroy())));
  const socket = net.connect(port, ADDRESS);
  socket.on('error', () => socket.destroy());
  await once(socket, 'connect');
  const closed = once(socket, 'close');
  await fixture.proxy.publish({ workspace: 'one', ports: [], awaited: [] });
  await closed;
  const again = net.connect(port, ADDRESS);
  const [error] = (await once(again, 'error')) as [NodeJS.ErrnoException];
  expect(error.code).toBe('ECONNREFUSED');
});

it('is told of as such when another process has the port on every address', async () => {
  // Only a listener on every address has also those that are nobody's yet; what connects from outside meanwhile is let go.
  const holder = net.createServer((socket) => socket.destroy()).listen(port, '0.0.0.0');
  onTestFinished(() => void holder.close());
  await once(holder, 'listening');
  const { results } = await fixture.proxy.publish({
    workspace: 'one',
    ports: [],
    awaited: [],
    tcp: { address: ADDRESS, ports: [port] },
  });
  expect(results.tcp).toMatchObject([{ port, listening: false, reason: 'PortTaken' }]);
  expect(results.tcp[0]!.message).toContain(`port ${port} on ${ADDRESS} is held by`);
  expect(results.tcp[0]!.message).toContain(`(process ${process.pid})`);
});
