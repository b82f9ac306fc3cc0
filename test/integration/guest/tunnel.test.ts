import { once } from 'node:events';
import http from 'node:http';
import net from 'node:net';
import type { AddressInfo } from 'node:net';
import { buffer, text } from 'node:stream/consumers';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { openTunnel } from '../../../src/guest/tunnel.ts';
import { eventually } from '../../support/eventually.ts';
import { bundleGuest, startGuest } from '../../support/guest.ts';
import type { TestGuest } from '../../support/guest.ts';

describe('a tunnel', () => {
  let bundle: Awaited<ReturnType<typeof bundleGuest>>;
  let guest: TestGuest;
  const servers: net.Server[] = [];

  beforeAll(async () => {
    bundle = await bundleGuest();
    guest = await startGuest(bundle.directory);
  });
  afterEach(() => {
    for (const server of servers.splice(0)) server.close();
  });
  afterAll(async () => {
    await guest.stop();
    bundle.remove();
  });

  async function serve(host: string, onPeer: (peer: net.Socket) => void): Promise<number> {
    const server = net.createServer({ allowHalfOpen: true }, (peer) => {
      peer.on('error', () => peer.destroy());
      onPeer(peer);
    });
    servers.push(server);
    server.listen(0, host);
    await once(server, 'listening');
    return (server.address() as AddressInfo).port;
  }

  it.each(['127.0.0.1', '::1', '0.0.0.0', '::'])('reaches a server that listens on %s alone', async (host) => {
    const port = await serve(host, (peer) => peer.end(`from ${host}`));
    expect(await text(await openTunnel(guest.endpoint, port))).toBe(`from ${host}`);
  });

  it('to nothing is refused with the port', async () => {
    const port = await serve('127.0.0.1', () => undefined);
    servers.pop()?.close();
    const refused = openTunnel(guest.endpoint, port);
    await expect(refused).rejects.toMatchObject({
      code: 'PortRefused',
      message: expect.stringContaining(String(port)),
    });
  });

  it('carries the end of one direction without the other', async () => {
    const port = await serve('127.0.0.1', (peer) => {
      let heard = '';
      peer.on('data', (data) => (heard += data.toString())).on('end', () => peer.end(`heard ${heard}`));
    });
    const tunnel = await openTunnel(guest.endpoint, port);
    tunnel.end('all of it');
    expect(await text(tunnel)).toBe('heard all of it');
  });

  it('carries 20 MB both ways, unchanged', async () => {
    const port = await serve('127.0.0.1', (peer) => void peer.pipe(peer));
    const content = Buffer.alloc(20_000_000, 'some bytes, ');
    const tunnel = await openTunnel(guest.endpoint, port);
    tunnel.end(content);
    expect((await buffer(tunnel)).equals(content)).toBe(true);
  });

  it('lets a slow reader hold up the writer', async () => {
    let written = 0;
    const port = await serve('127.0.0.1', (peer) => {
      const write = (): void => {
        for (let more = true; more; written += 65_536) more = peer.write(Buffer.alloc(65_536));
      };
      peer.on('drain', write);
      write();
    });
    const tunnel = await openTunnel(guest.endpoint, port);
    let before = -1;
    await eventually(
      () => {
        const now = written;
        expect(now).toBe(before === now ? now : ((before = now), -1));
      },
      { interval: 200 },
    );
    expect(written).toBeLessThan(32_000_000);
    tunnel.destroy();
  });

  it('is torn down together: by the caller, and by the server', async () => {
    const peers: net.Socket[] = [];
    const port = await serve('127.0.0.1', (peer) => peers.push(peer.resume()));
    const first = await openTunnel(guest.endpoint, port);
    await eventually(() => expect(peers).toHaveLength(1));
    first.write('x');
    first.destroy();
    await eventually(() => expect(peers[0]?.readableEnded || peers[0]?.destroyed).toBe(true));
    const second = await openTunnel(guest.endpoint, port);
    second.on('error', () => undefined).resume();
    await eventually(() => expect(peers).toHaveLength(2));
    peers[1]?.resetAndDestroy();
    await eventually(() => expect(second.readableEnded).toBe(true));
    second.destroy();
  });

  it.each(['example.com:80', 'localhost:0', 'localhost:65536', 'localhost:22x', '127.0.0.1:80', 'localhost'])(
    'goes nowhere but to localhost: not to %s',
    async (target) => {
      const connect = http.request({ socketPath: guest.endpoint.socket, method: 'CONNECT', path: target });
      connect.end();
      const [response] = (await once(connect, 'connect')) as [http.IncomingMessage, net.Socket];
      expect(response.statusCode).toBe(400);
      connect.destroy();
    },
  );
});
