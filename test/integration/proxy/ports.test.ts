import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import net from 'node:net';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { WatchMessage } from '../../../src/proxy/protocol.ts';
import type { PortResult } from '../../../src/proxy/routes.ts';
import { eventually } from '../../support/eventually.ts';
import { ask, createProxyFixture, freePort, type ProxyFixture } from '../../support/proxy-fixture.ts';

let fixture: ProxyFixture;
let port: number;
const children: ChildProcess[] = [];

beforeEach(async () => {
  fixture = await createProxyFixture();
  port = await freePort();
});
afterEach(async () => {
  for (const child of children.splice(0)) await stop(child);
  await fixture.close();
});

/** A process of its own that listens there, with a name of its own. */
async function hold(host: string, at: number): Promise<ChildProcess> {
  const code = `process.title='holder';require('net').createServer().listen(${at},'${host}',()=>console.log('ready'))`;
  const child = spawn(process.execPath, ['-e', code], { stdio: ['ignore', 'pipe', 'inherit'] });
  children.push(child);
  if (child.stdout) await once(child.stdout, 'data');
  return child;
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGKILL');
  await once(child, 'exit');
}

async function isListening(host: string, at: number): Promise<boolean> {
  const socket = net.connect(at, host);
  try {
    await once(socket, 'connect');
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ECONNREFUSED') return false;
    throw error;
  } finally {
    socket.destroy();
  }
}

function collect(): WatchMessage[] {
  const messages: WatchMessage[] = [];
  fixture.proxy.watch((message) => messages.push(message));
  return messages;
}

const publish = async (workspace: string, ports: number[]): Promise<PortResult[]> =>
  (await fixture.proxy.publish({ workspace, ports, awaited: [] })).results.http;

it('are listened on while some workspace has them, and let go with the last', async () => {
  const other = await freePort();
  expect(await publish('one', [port])).toEqual([{ port, listening: true }]);
  expect(await publish('two', [port, other])).toEqual([
    { port, listening: true },
    { port: other, listening: true },
  ]);
  for (const host of ['127.0.0.1', '::1']) expect(await isListening(host, port)).toBe(true);
  await publish('one', []);
  expect(await isListening('127.0.0.1', port)).toBe(true);
  fixture.proxy.withdraw('two');
  for (const host of ['127.0.0.1', '::1']) {
    expect(await isListening(host, port)).toBe(false);
    expect(await isListening(host, other)).toBe(false);
  }
  expect(await publish('one', [port])).toEqual([{ port, listening: true }]);
  expect(await isListening('127.0.0.1', port)).toBe(true);
});

it('are not listened on beyond loopback', async () => {
  await fixture.close();
  fixture = await createProxyFixture(['127.0.0.1']);
  await publish('one', [port]);
  for (const host of ['127.0.1.1', '::1']) expect(await isListening(host, port)).toBe(false);
});

it('let go, end the connections that are kept, once what is under way has been answered', async () => {
  const requests: ServerResponse[] = [];
  await fixture.workspace('one', { [port]: (_request, response) => requests.push(response) });
  const request = 'GET / HTTP/1.1\r\nHost: one.localhost\r\n\r\n';
  const [idle, busy] = [net.connect(port, '127.0.0.1'), net.connect(port, '127.0.0.1')];
  idle.write(request);
  await eventually(() => expect(requests).toHaveLength(1));
  requests[0]?.end('done');
  await once(idle, 'data');
  busy.write(request);
  await eventually(() => expect(requests).toHaveLength(2));
  const closed = once(idle.resume(), 'close');
  const endpoint = fixture.guests.get('one')?.endpoint;
  await fixture.proxy.publish({ workspace: 'one', ...(endpoint && { endpoint }), ports: [], awaited: [] });
  await closed;
  let answer = '';
  busy.on('data', (chunk) => (answer += String(chunk)));
  const ended = once(busy, 'end');
  requests[1]?.end('done too');
  await ended;
  expect(answer).toMatch(/HTTP\/1.1 200 [^]*\r\nConnection: close\r\n[^]*done too$/);
});

it('held by another process are reported with its name, while the others work, and taken when free', async () => {
  const messages = collect();
  const holder = await hold('127.0.0.1', port);
  const other = await freePort();
  const results = await fixture.workspace('one', {
    [port]: (_request, response) => response.end('first'),
    [other]: (_request, response) => response.end('second'),
  });
  const taken = results.find((result) => result.port === port);
  expect(taken).toMatchObject({ listening: false, reason: 'PortTaken' });
  expect(taken?.message).toContain(`port ${port} on 127.0.0.1 is held by holder (process ${holder.pid})`);
  expect(taken?.message).toContain('until then only ::1 is served');
  expect(results.find((result) => result.port === other)).toEqual({ port: other, listening: true });
  const headers = { host: 'one.localhost' };
  expect((await ask(other, { headers })).body).toBe('second');
  expect((await ask(port, { host: '::1', headers })).body).toBe('first');
  expect(messages).toEqual([]);

  await stop(holder);
  await eventually(() =>
    expect(messages.at(-1)).toMatchObject({
      type: 'results',
      results: { http: expect.arrayContaining([{ port, listening: true }]) as PortResult[] },
    }),
  );
  expect(messages.map((message) => message.workspace)).toEqual(['one']);
  expect((await ask(port, { headers })).body).toBe('first');
});

it('held in one family, or by a wildcard, are taken too', async () => {
  await hold('::1', port);
  const [six] = await publish('one', [port]);
  expect(six?.message).toMatch(/on ::1 is held by holder .*only 127\.0\.0\.1 is served/);
  const wide = await freePort();
  await hold('::', wide);
  const [result] = await publish('one', [wide]);
  expect(result?.message).toMatch(/on 127\.0\.0\.1 is held by holder .* on ::1 is held by holder /);
});

it('below those that the user may listen on are reported with the remedy', async () => {
  const first = Number(await readFile('/proc/sys/net/ipv4/ip_unprivileged_port_start', 'utf8'));
  // Where everything is permitted there is nothing to report.
  if (first === 0) return;
  const low = first - 1;
  const asRoot = process.geteuid?.() === 0;
  if (asRoot) process.seteuid?.(65_534);
  try {
    const [result] = await publish('one', [low]);
    expect(result).toMatchObject({ listening: false, reason: 'PortForbidden' });
    expect(result?.message).toContain(`sysctl net.ipv4.ip_unprivileged_port_start=${low}`);
  } finally {
    if (asRoot) process.seteuid?.(0);
  }
});

it('on addresses that this machine does not have say so', async () => {
  await fixture.close();
  fixture = await createProxyFixture(['127.0.0.1', '192.0.2.1']);
  const [result] = await publish('one', [port]);
  expect(result).toMatchObject({ listening: false, reason: 'PortForbidden' });
  expect(result?.message).toContain('192.0.2.1');
  expect(await isListening('127.0.0.1', port)).toBe(true);
});
