import { once } from 'node:events';
import http from 'node:http';
import net from 'node:net';
import { pipeline } from 'node:stream/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { bigStream, sha256Of } from '../../support/big-stream.ts';
import { eventually } from '../../support/eventually.ts';
import { ask, createProxyFixture, freePort, type ProxyFixture } from '../../support/proxy-fixture.ts';

let fixture: ProxyFixture;
let port: number;

beforeEach(async () => {
  fixture = await createProxyFixture();
  port = await freePort();
});
afterEach(() => fixture.close());

describe('streams', () => {
  it('of events arrive one by one, and end at the service when the client goes', async () => {
    const server = http.createServer();
    await fixture.workspace('one', { [port]: server });
    const arrived = once(server, 'request') as Promise<[http.IncomingMessage, http.ServerResponse]>;
    const request = http.get({ host: '127.0.0.1', port, agent: false, headers: { host: 'one.localhost' } });
    const [, stream] = await arrived;
    stream.writeHead(200, { 'Content-Type': 'text/event-stream' }).flushHeaders();
    const [response] = (await once(request, 'response')) as [http.IncomingMessage];
    for (const event of ['data: 1\n\n', 'data: 2\n\n']) {
      stream.write(event);
      const [chunk] = (await once(response, 'data')) as [Buffer];
      expect(chunk.toString()).toBe(event);
    }
    const closed = once(stream, 'close');
    request.on('error', () => request.destroy());
    request.destroy();
    await closed;
    await eventually(() => expect(fixture.guests.get('one')?.openTunnels()).toBe(0));
  });

  it('given up before there is an answer end at the service too', async () => {
    const server = http.createServer();
    await fixture.workspace('one', { [port]: server });
    for (const method of ['GET', 'POST']) {
      const arrived = once(server, 'request') as Promise<[http.IncomingMessage, http.ServerResponse]>;
      const options = { host: '127.0.0.1', port, agent: false, method, headers: { host: 'one.localhost' } };
      const request = http.request(options);
      request.on('error', () => request.destroy());
      if (method === 'GET') request.end();
      else request.write('part of a body');
      const [, unanswered] = await arrived;
      const closed = once(unanswered, 'close');
      request.destroy();
      await closed;
    }
    await eventually(() => expect(fixture.guests.get('one')?.openTunnels()).toBe(0));
  });

  it('cut off by the service are cut off at the client', async () => {
    await fixture.workspace('one', {
      [port]: (_request, response) => {
        response.writeHead(200, { 'Content-Length': 100 });
        response.write('part', () => response.destroy());
      },
    });
    await expect(ask(port, { headers: { host: 'one.localhost' } })).rejects.toThrow(/aborted|reset/i);
  });

  it('of 50 MB pass both ways whole', async () => {
    const { open, sha256 } = bigStream(50);
    await fixture.workspace('one', {
      [port]: (request, response) => {
        if (request.method === 'GET') void pipeline(open(), response);
        else void sha256Of(request).then((sum) => response.end(sum));
      },
    });
    const download = http.get({ host: '127.0.0.1', port, agent: false, headers: { host: 'one.localhost' } });
    const [response] = (await once(download, 'response')) as [http.IncomingMessage];
    expect(await sha256Of(response)).toBe(sha256);
    const options = { host: '127.0.0.1', port, agent: false, method: 'PUT', headers: { host: 'one.localhost' } };
    const upload = http.request(options);
    const answered = once(upload, 'response') as Promise<[http.IncomingMessage]>;
    await pipeline(open(), upload);
    const [answer] = await answered;
    expect((await answer.toArray()).join('')).toBe(sha256);
  });

  it('hold the service back while the client does not read', async () => {
    let sent = 0;
    await fixture.workspace('one', {
      [port]: (_request, response) => {
        const more = (): void => {
          while (sent < 200_000_000) {
            sent += 65_536;
            if (!response.write(Buffer.alloc(65_536))) return;
          }
          response.end();
        };
        response.on('drain', more);
        more();
      },
    });
    const socket = net.connect(port, '127.0.0.1');
    socket.pause();
    socket.write('GET / HTTP/1.1\r\nHost: one.localhost\r\n\r\n');
    let before = -1;
    await eventually(
      () => {
        const now = sent;
        const still = now === before;
        before = now;
        if (now === 0 || !still) throw new Error('still sending');
      },
      { interval: 300 },
    );
    expect(sent).toBeLessThan(50_000_000);
    socket.destroy();
    await eventually(() => expect(fixture.guests.get('one')?.openTunnels()).toBe(0));
  });

  it('hold the service back also where chunks are taken apart, for clients of old', async () => {
    let written = 0;
    await fixture.workspace('one', {
      [port]: (_request, response) => {
        const more = (): void => {
          if (written >= 200_000_000 || response.destroyed) return;
          written += 1_000_000;
          response.write(Buffer.alloc(1_000_000), more);
        };
        // As one does that does not care who asks.
        response.useChunkedEncodingByDefault = true;
        response.shouldKeepAlive = false;
        response.setHeader('Transfer-Encoding', 'chunked');
        more();
      },
    });
    const socket = net.connect(port, '127.0.0.1');
    socket.write('GET / HTTP/1.0\r\nHost: one.localhost\r\n\r\n');
    await once(socket, 'data');
    socket.pause();
    let before = -1;
    await eventually(
      () => {
        const [last, now] = [before, written];
        before = now;
        expect(now).toBe(last);
      },
      { timeout: 10_000, interval: 200 },
    );
    expect(written).toBeLessThan(50_000_000);
    socket.destroy();
  });
});
