import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import http from 'node:http';
import type { Socket } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Transport } from '../../../src/client/transport.ts';
import { createTransport } from '../../../src/client/transport.ts';
import { eventually } from '../../support/eventually.ts';

describe('the transport', () => {
  it('keeps connections and uses them again', async () => {
    const { transport, sockets } = await fixture((_request, response) => response.end('ok'));
    for (let index = 0; index < 5; index += 1) expect(await transport.send('/')).toBe('ok');
    expect(sockets.size).toBe(1);
    await Promise.all(Array.from({ length: 4 }, () => transport.send('/')));
    expect(sockets.size).toBe(4);
  });

  it('sends bodies as they are, and tells their length in bytes', async () => {
    const { transport } = await fixture((request, response) => {
      const { 'content-type': type, 'content-length': length, accept } = request.headers;
      response.write(`${request.method} ${request.url} ${type} ${length} ${accept} `);
      request.pipe(response);
    });
    const body = { text: 'ü\n€'.repeat(3) };
    expect(await transport.send('/x?y=1', { method: 'PATCH', contentType: 'a/b', accept: 'c/d', body })).toBe(
      `PATCH /x?y=1 a/b 32 c/d ${JSON.stringify(body)}`,
    );
    const large = 'ü'.repeat(2_000_000);
    expect((await transport.send('/', { method: 'DELETE', body: large })).length).toBeGreaterThan(large.length);
  });

  it('asks again on a new connection when a kept one was just closed, unless that could change something twice', async () => {
    let asked = 0;
    const { transport, sockets } = await fixture((request, response) => {
      asked += 1;
      // A connection that served one request breaks off at the next.
      if (served.has(request.socket)) request.socket.destroy();
      else response.end('ok');
      served.add(request.socket);
    });
    const served = new Set<Socket>();
    await Promise.all([transport.send('/'), transport.send('/')]);
    expect(await transport.send('/')).toBe('ok');
    expect([asked, sockets.size]).toEqual([4, 3]);
    await expect(transport.send('/', { method: 'POST', body: {} })).rejects.toMatchObject({ code: 'ECONNRESET' });
    expect(asked).toBe(5);
  });

  it('asks only twice, and not at all again when the first connection breaks', async () => {
    let asked = 0;
    const { transport } = await fixture((request, response) => {
      asked += 1;
      if (asked === 1) response.end('ok');
      else request.socket.destroy();
    });
    await transport.send('/');
    const broken = { name: 'ConnectionError', code: 'ECONNRESET' };
    await expect(transport.send('/')).rejects.toMatchObject(broken);
    expect(asked).toBe(3);
    await expect(transport.send('/')).rejects.toMatchObject(broken);
    expect(asked).toBe(4);
  });

  it('gives up a server that falls silent, before or within its answer, but never a stream', async () => {
    const { transport } = await fixture((request, response) => {
      if (request.url === '/never') return;
      response.write('a\n');
      if (request.url === '/stream') setTimeout(() => response.end('b\n'), 400);
    }, 100);
    const silent = { name: 'ConnectionError', code: 'ETIMEDOUT' };
    await expect(transport.send('/never')).rejects.toMatchObject(silent);
    await expect(transport.send('/half')).rejects.toMatchObject(silent);
    const { signal } = new AbortController();
    expect(await collect(transport.lines('/stream', { signal }))).toEqual(['a', 'b']);
  });

  it('reports a stream that breaks off', async () => {
    const { transport } = await fixture((request, response) => {
      response.write('a\nb', () => request.socket.destroy());
    });
    const lines = transport.lines('/', { signal: new AbortController().signal });
    expect(await lines.next()).toEqual({ value: 'a', done: false });
    await expect(lines.next()).rejects.toMatchObject({ name: 'ConnectionError', code: 'ECONNRESET' });
  });

  it('takes a stream no faster than it is read', async () => {
    let written = 0;
    const { transport } = await fixture((_request, response) => {
      const write = (): void => {
        do written += 1;
        while (response.write(`${'x'.repeat(65_535)}\n`) && written < 1000);
        if (written >= 1000) response.end();
      };
      response.on('drain', write);
      write();
    });
    const lines = transport.lines('/', { signal: new AbortController().signal });
    await lines.next();
    let before = -1;
    await eventually(() => {
      const isStill = before === written;
      before = written;
      expect(isStill).toBe(true);
    });
    expect(written).toBeLessThan(100);
    expect(await collect(lines)).toHaveLength(999);
  });

  it('throws the reason of the signal for a request, ends a stream, and lets the server know', async () => {
    const { transport, sockets } = await fixture((request, response) => {
      if (request.url === '/stream') response.write('a\n');
    });
    const reason = new Error('enough');
    await expect(transport.send('/', { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    for (const url of ['/never', '/stream']) {
      const controller = new AbortController();
      const sending = transport.send(url, { signal: controller.signal });
      setTimeout(() => controller.abort(reason), 50);
      await expect(sending).rejects.toBe(reason);
    }
    const controller = new AbortController();
    const lines = transport.lines('/stream', controller);
    await lines.next();
    const rest = lines.next();
    controller.abort();
    expect(await rest).toMatchObject({ done: true });
    const left = transport.lines('/stream', new AbortController());
    await left.next();
    await left.return(undefined);
    expect(await collect(transport.lines('/never', { signal: AbortSignal.abort() }))).toEqual([]);
    await eventually(() => expect([...sockets].every((socket) => socket.destroyed)).toBe(true));
  });

  it('answers nothing once it is closed', async () => {
    const { transport, sockets } = await fixture((request, response) => {
      if (request.url === '/stream') response.write('a\n');
      else if (request.url !== '/never') response.end('ok');
    });
    await transport.send('/');
    const stream = transport.lines('/stream', { signal: new AbortController().signal });
    await stream.next();
    const rest = stream.next();
    const pending = transport.send('/never');
    const canceled = { name: 'ConnectionError', code: 'ECANCELED' };
    await Promise.all([
      transport.close(),
      expect(pending).rejects.toMatchObject(canceled),
      expect(rest).rejects.toMatchObject(canceled),
    ]);
    await expect(transport.send('/')).rejects.toMatchObject(canceled);
    await eventually(() => expect([...sockets].every((socket) => socket.destroyed)).toBe(true));
  });
});

interface Fixture {
  transport: Transport;
  /** Every connection that the server has taken. */
  sockets: Set<Socket>;
}

/** A server on a socket of its own, and a transport to it; both end with the test. */
async function fixture(listener: http.RequestListener, answerTimeout?: number): Promise<Fixture> {
  const dir = await mkdtemp(path.join(os.tmpdir(), 'dual-'));
  const socketPath = path.join(dir, 's');
  const sockets = new Set<Socket>();
  const server = http.createServer(listener).on('connection', (socket) => sockets.add(socket));
  server.listen(socketPath);
  await once(server, 'listening');
  const transport = createTransport(socketPath, answerTimeout);
  onTestFinished(async () => {
    await transport.close();
    server.closeAllConnections();
    server.close();
    await rm(dir, { recursive: true });
  });
  return { transport, sockets };
}

async function collect(lines: AsyncIterable<string>): Promise<string[]> {
  const all: string[] = [];
  for await (const line of lines) all.push(line);
  return all;
}
