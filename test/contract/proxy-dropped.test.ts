import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import http from 'node:http';
import net from 'node:net';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { createRandom } from '../support/fuzz.ts';
import { ask, createProxyFixture, freePort, type ProxyFixture } from '../support/proxy-fixture.ts';

const CONNECTIONS = 10_000;
const AT_ONCE = 100;
const REQUEST =
  'POST / HTTP/1.1\r\nHost: one.localhost\r\nContent-Length: 1000\r\n\r\nbody that never comes to its end';

let fixture: ProxyFixture;
let port: number;

beforeEach(async () => {
  fixture = await createProxyFixture(['127.0.0.1']);
  port = await freePort();
});
afterEach(() => fixture.close());

/** Sends part of a request and goes, by a reset or by the end. */
async function drop(bytes: string, reset: boolean): Promise<void> {
  const socket = net.connect(port, '127.0.0.1');
  socket.on('error', () => socket.destroy());
  await once(socket, 'connect');
  await new Promise((resolve) => socket.write(bytes, resolve));
  const closed = once(socket, 'close');
  if (reset) socket.resetAndDestroy();
  else socket.destroy();
  await closed;
}

/** Of this process, in which the proxy, the guest and the service are too. */
function openFiles(): number {
  return readdirSync('/proc/self/fd').length;
}

/** Bytes of memory that are in use, once what is not has been given back. */
function memoryInUse(): number {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

const MEGABYTE = 1_048_576;

it('connections, ten thousand of them in the middle of a request, leave nothing behind', async () => {
  const service = http.createServer((request, response) => {
    request.on('error', () => response.destroy());
    request.resume().on('end', () => response.end('ok'));
  });
  await fixture.workspace('one', { [port]: service });
  const guest = fixture.guests.get('one')!;
  await ask(port, { headers: { host: 'one.localhost' } });
  const before = { files: openFiles(), listeners: process.listenerCount('exit') };
  const random = createRandom(1);
  let left = 0;
  const worker = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      await drop(REQUEST.slice(0, 1 + random.below(REQUEST.length)), random.chance(0.5));
    }
  };
  const dropMany = async (count: number): Promise<void> => {
    left = count;
    await Promise.all(Array.from({ length: AT_ONCE }, worker));
  };
  // What is made once and stays is made by then.
  await dropMany(CONNECTIONS / 10);
  const memory = memoryInUse();
  await dropMany(CONNECTIONS);
  await eventually(
    () => {
      expect(fixture.proxy.connections()).toBe(0);
      expect(guest.openTunnels()).toBeLessThanOrEqual(1);
      expect(openFiles()).toBeLessThanOrEqual(before.files);
      const [traffic] = [...fixture.proxy.traffic.all()];
      expect(traffic?.open).toBe(0);
    },
    { timeout: 10_000 },
  );
  await eventually(() => expect(memoryInUse() - memory).toBeLessThan(4 * MEGABYTE));
  expect(process.listenerCount('exit')).toBe(before.listeners);
  expect((await ask(port, { headers: { host: 'one.localhost' } })).body).toBe('ok');
}, 60_000);
