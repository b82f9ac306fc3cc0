import { once } from 'node:events';
import http from 'node:http';
import net from 'node:net';
import type { Duplex } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { eventually } from '../../support/eventually.ts';
import { ask, createProxyFixture, freePort, sendRaw, type ProxyFixture } from '../../support/proxy-fixture.ts';

let fixture: ProxyFixture;
let port: number;

beforeEach(async () => {
  fixture = await createProxyFixture();
  port = await freePort();
});
afterEach(() => fixture.close());

function websocketService(): { server: http.Server; sockets: WebSocketServer } {
  const server = http.createServer((request, response) => response.end(`plain ${request.method}`));
  return { server, sockets: new WebSocketServer({ server }) };
}

function connect(host: string, protocol = 'echo'): WebSocket {
  return new WebSocket(`ws://127.0.0.1:${port}/hmr?token=1`, protocol, { headers: { host }, perMessageDeflate: false });
}

describe('websockets', () => {
  it('carry text, binary and large messages both ways, with Host and subprotocol', async () => {
    const { server, sockets } = websocketService();
    const seen: http.IncomingMessage[] = [];
    sockets.on('connection', (socket, request) => {
      seen.push(request);
      socket.on('message', (data, isBinary) => socket.send(data, { binary: isBinary }));
    });
    await fixture.workspace('one', { [port]: server });
    const client = connect(`one.localhost:${port}`);
    await once(client, 'open');
    for (const message of ['hello', Buffer.alloc(3_000_000, 7)]) {
      client.send(message);
      const [data, isBinary] = (await once(client, 'message')) as [Buffer, boolean];
      expect(isBinary).toBe(typeof message !== 'string');
      expect(data.equals(Buffer.from(message))).toBe(true);
    }
    expect(client.protocol).toBe('echo');
    expect(seen[0]?.url).toBe('/hmr?token=1');
    expect(seen[0]?.headers).toMatchObject({ host: `one.localhost:${port}`, 'x-forwarded-for': '127.0.0.1' });
    client.close(4_001, 'bye');
    const [code] = (await once(client, 'close')) as [number];
    expect(code).toBe(4_001);
    await eventually(() => expect(fixture.guests.get('one')?.openTunnels()).toBe(0));
  });

  it('end at one side when the other goes', async () => {
    const { server, sockets } = websocketService();
    await fixture.workspace('one', { [port]: server });
    const served = once(sockets, 'connection') as Promise<[WebSocket]>;
    const client = connect('one.localhost');
    const [atService] = await served;
    const gone = once(atService, 'close');
    await once(client, 'open');
    client.terminate();
    await gone;
    const again = once(sockets, 'connection') as Promise<[WebSocket]>;
    const second = connect('one.localhost');
    await once(second, 'open');
    const closed = once(second, 'close');
    (await again)[0].terminate();
    await closed;
    await eventually(() => expect(fixture.guests.get('one')?.openTunnels()).toBe(0));
  });

  it('that the service refuses get its answer, whole', async () => {
    const server = http.createServer();
    const body = 'no'.repeat(500_000);
    server.on('upgrade', (_request, socket: Duplex) => {
      socket.end(
        `HTTP/1.1 403 Forbidden\r\nTransfer-Encoding: chunked\r\n\r\n${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`,
      );
    });
    await fixture.workspace('one', { [port]: server });
    const client = connect('one.localhost');
    const [, response] = (await once(client, 'unexpected-response')) as [unknown, http.IncomingMessage];
    expect(response.statusCode).toBe(403);
    expect((await response.toArray()).join('')).toBe(body);
  });

  it('to unknown, dead and stopped workspaces get the pages that requests get', async () => {
    await fixture.workspace('one', { [port]: http.createServer() });
    fixture.guests.get('one')?.ports.delete(port);
    fixture.proxy.describe('two', { phase: 'Stopped', message: '', conditions: [] });
    await fixture.proxy.publish({ workspace: 'two', ports: [], awaited: [] });
    const expected = { 'other.localhost': 404, 'evil.example': 404, 'one.localhost': 502, 'two.localhost': 503 };
    for (const [host, status] of Object.entries(expected)) {
      const [, response] = (await once(connect(host), 'unexpected-response')) as [unknown, http.IncomingMessage];
      expect([host, response.statusCode]).toEqual([host, status]);
      response.resume();
    }
  });
});

describe('other upgrades', () => {
  it('become raw streams, each direction ending by itself', async () => {
    const server = http.createServer();
    server.on('upgrade', (_request, socket: net.Socket, head: Buffer) => {
      socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: sums\r\nX-Kept: yes\r\n\r\n');
      const chunks = [head];
      socket.on('data', (chunk) => chunks.push(chunk));
      socket.on('end', () => socket.end(`got ${Buffer.concat(chunks).toString()}`));
    });
    await fixture.workspace('one', { [port]: server });
    const head = 'GET / HTTP/1.1\r\nHost: one.localhost\r\nConnection: keep-alive, Upgrade\r\nUpgrade: sums\r\n\r\n';
    const socket = net.connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    const chunks: Buffer[] = [];
    socket.on('data', (chunk) => chunks.push(chunk));
    // Early bytes wait for the 101, and the end of this direction leaves the other one open.
    socket.end(`${head}early and all`);
    await once(socket, 'end');
    const answer = Buffer.concat(chunks).toString();
    expect(answer).toMatch(/^HTTP\/1.1 101 Switching Protocols\r\n[^]*X-Kept: yes\r\n\r\ngot early and all$/);
  });

  it('that the service ignores do not open the connection to other hosts', async () => {
    const { server } = websocketService();
    const seen: string[] = [];
    server.removeAllListeners('upgrade');
    server.on('request', (request) => seen.push(request.url ?? ''));
    await fixture.workspace('one', { [port]: server });
    const first = 'GET /first HTTP/1.1\r\nHost: one.localhost\r\nConnection: Upgrade\r\nUpgrade: foo\r\n\r\n';
    const answer = await sendRaw(port, `${first}GET /second HTTP/1.1\r\nHost: two.localhost\r\n\r\n`);
    expect(answer).toContain('plain GET');
    expect(answer).toMatch(/\r\nConnection: close\r\n/i);
    expect(seen).toEqual(['/first']);
  });

  it('to HTTP/2 without TLS, or with a body, are served as plain requests', async () => {
    const { server } = websocketService();
    await fixture.workspace('one', { [port]: server });
    const offer = { host: 'one.localhost', connection: 'Upgrade, HTTP2-Settings', 'http2-settings': 'AAMAAABk' };
    for (const [upgrade, body] of [
      ['h2c', ''],
      ['h2c', 'x'.repeat(300_000)],
      ['foo', 'body'],
    ] as const) {
      const answer = await ask(port, { method: 'POST', body, headers: { ...offer, upgrade } });
      expect([answer.status, answer.body]).toEqual([200, 'plain POST']);
    }
  });
});
