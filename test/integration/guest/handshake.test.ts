import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import http from 'node:http';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { execInGuest } from '../../../src/guest/exec-client.ts';
import { handshake } from '../../../src/guest/handshake.ts';
import { openTunnel } from '../../../src/guest/tunnel.ts';
import { eventually } from '../../support/eventually.ts';
import { collector, request } from '../../support/guest.ts';

describe('what answers in place of a guest', () => {
  let directory: string;
  let socket: string;
  const servers: net.Server[] = [];

  beforeEach(() => {
    directory = mkdtempSync(path.join(os.tmpdir(), 'dual-'));
    socket = path.join(directory, 's');
  });
  afterEach(() => {
    for (const server of servers.splice(0)) server.close();
    rmSync(directory, { recursive: true, force: true });
  });

  async function listen(server: net.Server): Promise<void> {
    servers.push(server);
    await new Promise<void>((resolve) => {
      server.listen(socket, resolve);
    });
  }
  const answering = (body: string): http.Server => http.createServer((_, response) => response.end(body));
  const raw = (bytes: string): net.Server =>
    net.createServer((peer) => void peer.on('error', () => undefined).end(bytes));

  it('nothing at all: unreachable', async () => {
    await expect(handshake({ socket })).rejects.toMatchObject({ code: 'Unreachable' });
    await expect(openTunnel({ socket }, 3000)).rejects.toMatchObject({ code: 'Unreachable' });
    const io = { stdout: collector().stream, stderr: collector().stream };
    await expect(execInGuest({ socket }, request(['true']), io)).rejects.toMatchObject({ code: 'Unreachable' });
  });

  it.each([
    ['another server', () => answering('{"hello":"world"}')],
    ['no JSON', () => answering('hello')],
    ['too much', () => answering(' '.repeat(1_000_000))],
    ['another protocol', () => answering('{"dual":"guest","protocols":[99,99],"version":"9","pid":1}')],
    ['no HTTP', () => raw('SSH-2.0-OpenSSH_9.2\r\n')],
    ['an endless head', () => raw(`HTTP/1.1 200 OK\r\nx: ${'y'.repeat(100_000)}\r\n\r\n`)],
  ])('%s: not a guest', async (_, server) => {
    await listen(server());
    await expect(handshake({ socket })).rejects.toMatchObject({ code: 'NotAGuest' });
  });

  it('silence: unreachable, in time', async () => {
    await listen(net.createServer((peer) => void peer.on('error', () => undefined).resume()));
    await expect(handshake({ socket }, { timeout: 50 })).rejects.toMatchObject({ code: 'Unreachable' });
  });

  it("a link to another guest's socket, or anything else that is no socket: not a guest, and nothing is said to it", async () => {
    let connections = 0;
    const server = net.createServer((peer) => {
      connections += 1;
      peer.on('error', () => undefined).end('HTTP/1.1 200 OK\r\nx-dual-guest: 1\r\n\r\n');
    });
    await listen(server);
    const other = path.join(directory, 'other');
    renameSync(socket, other);
    const inItsPlace = [
      () => symlinkSync(other, socket),
      () => symlinkSync('other', socket),
      () => writeFileSync(socket, ''),
      () => mkdirSync(socket),
    ];
    for (const put of inItsPlace) {
      put();
      await expect(handshake({ socket })).rejects.toMatchObject({ code: 'NotAGuest' });
      await expect(openTunnel({ socket }, 3000)).rejects.toMatchObject({ code: 'NotAGuest' });
      const io = { stdout: collector().stream, stderr: collector().stream };
      await expect(execInGuest({ socket }, request(['true']), io)).rejects.toMatchObject({ code: 'NotAGuest' });
      rmSync(socket, { recursive: true });
    }
    expect(connections).toBe(0);
    rmSync(other);
  });

  it('keeps no file open of what it connected to', async () => {
    await listen(answering('{"hello":"world"}'));
    const open = (): number => (existsSync('/proc/self/fd') ? readdirSync('/proc/self/fd').length : 0);
    const before = open();
    for (let count = 0; count < 20; count += 1) await expect(handshake({ socket })).rejects.toThrow();
    await eventually(() => expect(open()).toBeLessThan(before + 10));
  });

  it('somebody who opens any tunnel: nothing is said to them', async () => {
    const heard: string[] = [];
    const server = net.createServer((peer) => {
      peer.on('error', () => undefined);
      peer.on('data', (data) => {
        heard.push(data.toString());
        peer.write('HTTP/1.1 200 OK\r\n\r\n');
      });
    });
    await listen(server);
    await expect(openTunnel({ socket }, 3000)).rejects.toMatchObject({ code: 'NotAGuest' });
    expect(heard.join('')).toMatch(/^CONNECT localhost:3000 HTTP\/1.1\r\n[^]*\r\n\r\n$/);
  });
});
