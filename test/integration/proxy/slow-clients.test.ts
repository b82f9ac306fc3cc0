import { once } from 'node:events';
import type http from 'node:http';
import net from 'node:net';
import { afterEach, beforeEach, expect, it, onTestFinished } from 'vitest';
import { eventually } from '../../support/eventually.ts';
import { createProxyFixture, echo, freePort, type ProxyFixture } from '../../support/proxy-fixture.ts';

const PATIENCE = { head: 150, idle: 300, linger: 150, sweep: 20 };

let fixture: ProxyFixture;
let port: number;

beforeEach(async () => {
  fixture = await createProxyFixture(['127.0.0.1'], { patience: PATIENCE });
  port = await freePort();
});
afterEach(() => fixture.close());

/** Connects and gathers what comes. */
function connect(): { socket: net.Socket; text: () => string; ended: Promise<unknown> } {
  const socket = net.connect(port, '127.0.0.1');
  let text = '';
  socket.setEncoding('latin1').on('data', (piece: string) => (text += piece));
  socket.on('error', () => socket.destroy());
  return { socket, text: () => text, ended: once(socket, 'close') };
}

it('that say nothing are cut off', async () => {
  await fixture.workspace('one', { [port]: echo });
  const { ended, text } = connect();
  await ended;
  expect(text()).toBe('');
});

it('that do not come to the end of a head are told so, however steadily they go on', async () => {
  await fixture.workspace('one', { [port]: echo });
  const { socket, ended, text } = connect();
  socket.write('GET / HTTP/1.1\r\nHost: one.localhost\r\n');
  const drip = setInterval(() => socket.write('X: y\r\n'), 10);
  onTestFinished(() => clearInterval(drip));
  await ended;
  expect(text()).toMatch(/^HTTP\/1.1 408 [^]*Connection: close\r\n/);
});

it('that are idle between requests are let go, and not before', async () => {
  await fixture.workspace('one', { [port]: echo });
  const { socket, ended, text } = connect();
  socket.write('GET / HTTP/1.1\r\nHost: one.localhost\r\n\r\n');
  await eventually(() => expect(text()).toContain('HTTP/1.1 200'));
  socket.write('GET / HTTP/1.1\r\nHost: one.localhost\r\n\r\n');
  await eventually(() => expect(text().match(/HTTP\/1.1 200/g)).toHaveLength(2));
  await ended;
});

it('that wait for an answer, or take one slowly, are not', async () => {
  const streams: http.ServerResponse[] = [];
  await fixture.workspace('one', {
    [port]: (request, response) => {
      streams.push(response);
      if (request.url === '/events') response.writeHead(200, { 'Content-Type': 'text/event-stream' }).flushHeaders();
    },
  });
  const slow = connect();
  const events = connect();
  slow.socket.write('GET /slow HTTP/1.1\r\nHost: one.localhost\r\nConnection: close\r\n\r\n');
  events.socket.write('GET /events HTTP/1.1\r\nHost: one.localhost\r\n\r\n');
  await eventually(() => expect(streams).toHaveLength(2));
  // Long after those that say nothing have been cut off.
  const { ended } = connect();
  await ended;
  const again = connect();
  await again.ended;
  for (const stream of streams) stream.end('data: 1\n\n');
  await slow.ended;
  expect(slow.text()).toContain('data: 1');
  await eventually(() => expect(events.text()).toMatch(/data: 1[^]*\r\n0\r\n\r\n$/));
});

it('that upload slowly are not cut off either', async () => {
  await fixture.workspace('one', { [port]: echo });
  const { socket, ended, text } = connect();
  socket.write('POST / HTTP/1.1\r\nHost: one.localhost\r\nConnection: close\r\nContent-Length: 4\r\n\r\nbo');
  await connect().ended;
  await connect().ended;
  socket.write('dy');
  await ended;
  expect(text()).toContain('"body":"body"');
});

it('that go on sending after a refusal see it, and are cut off in the end', async () => {
  await fixture.workspace('one', { [port]: echo });
  const { socket, ended, text } = connect();
  socket.write('POST / HTTP/1.1\r\nHost: nobody.localhost\r\nContent-Length: 100000000\r\n\r\n');
  const drip = setInterval(() => socket.write('x'.repeat(10_000)), 5);
  onTestFinished(() => clearInterval(drip));
  await ended;
  expect(text()).toMatch(/^HTTP\/1.1 404 /);
});

it.each(['HTTP/1.1\r\nConnection: close', 'HTTP/1.0'])(
  'that read the last of an answer late get all of it (%j)',
  async (version) => {
    const body = Buffer.alloc(8_000_000, 1);
    await fixture.workspace('one', { [port]: (_request, response) => response.end(body) });
    const socket = net.connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    socket.write(`GET / ${version}\r\nHost: one.localhost\r\n\r\n`);
    const [first] = (await once(socket, 'data')) as [Buffer];
    socket.pause();
    // Longer than what lingers is waited for.
    const { ended } = connect();
    await ended;
    await connect().ended;
    socket.end();
    const rest = Buffer.concat((await socket.toArray()) as Buffer[]);
    const all = Buffer.concat([first, rest]);
    expect(all.length - all.indexOf('\r\n\r\n') - 4).toBe(body.length);
  },
);
