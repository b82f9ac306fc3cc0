import { once } from 'node:events';
import http from 'node:http';
import net from 'node:net';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { AccessEntry } from '../../../src/proxy/access-log.ts';
import type { PortTraffic } from '../../../src/proxy/traffic.ts';
import { eventually } from '../../support/eventually.ts';
import { ask, createProxyFixture, freePort, type ProxyFixture } from '../../support/proxy-fixture.ts';

let fixture: ProxyFixture;
let port: number;
let told: AccessEntry[];

beforeEach(async () => {
  fixture = await createProxyFixture(['127.0.0.1']);
  port = await freePort();
  told = [];
  fixture.proxy.access.follow((entry) => told.push(entry));
});
afterEach(() => fixture.close());

const traffic = (): PortTraffic => fixture.proxy.traffic.of('one', port);

it('is counted by the class of its answers, in bytes, and while it is under way', async () => {
  const waiting: http.ServerResponse[] = [];
  await fixture.workspace('one', {
    [port]: (request, response) => {
      request.resume();
      if (request.url === '/wait') waiting.push(response);
      else response.writeHead(Number(request.url?.slice(1))).end('x'.repeat(1_000));
    },
  });
  const headers = { host: 'one.localhost' };
  for (const status of [200, 201, 302, 404, 500])
    await ask(port, { headers, path: `/${status}`, method: 'POST', body: 'hello' });
  expect(traffic()).toMatchObject({ requests: [0, 0, 2, 1, 1, 1], open: 0, errors: 0 });
  expect(traffic().bytesOut).toBeGreaterThan(5_000);
  expect(traffic().bytesIn).toBeGreaterThan(25);
  const pending = ask(port, { headers, path: '/wait' });
  await eventually(() => expect(waiting).toHaveLength(1));
  expect(traffic().open).toBe(1);
  waiting[0]!.end();
  await pending;
  await eventually(() => expect(traffic().open).toBe(0));
  fixture.proxy.withdraw('one');
  expect([...fixture.proxy.traffic.all()]).toEqual([]);
});

it('that fails counts as such', async () => {
  const server = net.createServer((socket) => {
    socket.on('error', () => socket.destroy());
    socket.once('data', (bytes) => {
      if (String(bytes).startsWith('GET /half')) socket.write('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf');
      socket.end();
    });
  });
  await fixture.workspace('one', { [port]: server });
  expect((await ask(port, { headers: { host: 'one.localhost' } })).status).toBe(502);
  await expect(ask(port, { path: '/half', headers: { host: 'one.localhost' } })).rejects.toThrow(
    /aborted|hang up|ECONNRESET/,
  );
  await eventually(() => expect(traffic()).toMatchObject({ requests: [1, 0, 1, 0, 0, 0], open: 0, errors: 2 }));
});

it('is told of with who asked for what, and how it went', async () => {
  await fixture.workspace('one', { [port]: (_request, response) => response.writeHead(201).end('made') });
  await ask(port, { path: '/a?b', headers: { host: `one.localhost:${port}` } });
  expect(told).toMatchObject([
    {
      workspace: 'one',
      port,
      client: '127.0.0.1',
      method: 'GET',
      target: '/a?b',
      host: `one.localhost:${port}`,
      status: 201,
    },
  ]);
  expect(told[0]!.bytesOut).toBeGreaterThan(50);
  await ask(port, { headers: { host: 'nobody.localhost' } });
  expect(told[1]).toMatchObject({ status: 404, note: 'No such workspace' });
  expect(told[1]).not.toHaveProperty('workspace');
});

it('is told of when a client has gone in the middle, and when it spoke another protocol', async () => {
  const server = http.createServer(() => undefined);
  server.on('upgrade', (_request, socket: net.Socket) => {
    socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n');
    socket.pipe(socket);
  });
  await fixture.workspace('one', { [port]: server });
  const socket = net.connect(port, '127.0.0.1');
  socket.write('GET /slow HTTP/1.1\r\nHost: one.localhost\r\n\r\n');
  await eventually(() => expect(traffic().open).toBe(1));
  socket.resetAndDestroy();
  await eventually(() => expect(told).toMatchObject([{ target: '/slow', note: 'cut off' }]));
  const upgraded = net.connect({ port, host: '127.0.0.1', allowHalfOpen: true });
  upgraded.write('GET /up HTTP/1.1\r\nHost: one.localhost\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n');
  await once(upgraded, 'data');
  upgraded.end('hello');
  expect((await upgraded.toArray()).join('')).toBe('hello');
  await eventually(() =>
    expect(told[1]).toMatchObject({ target: '/up', status: 101, bytesIn: expect.any(Number) as number }),
  );
  expect(traffic().requests[1]).toBe(1);
});
