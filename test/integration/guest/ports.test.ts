import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import http from 'node:http';
import type net from 'node:net';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Clock } from '../../../src/clock/clock.ts';
import { systemClock } from '../../../src/clock/clock.ts';
import type { Guests } from '../../../src/guest/guests.ts';
import type { ListeningPort } from '../../../src/guest/protocol.ts';
import { createGuests } from '../../../src/guest/subscription.ts';
import { silentLog } from '../../../src/log/log.ts';
import { eventually } from '../../support/eventually.ts';
import { bundleGuest, startGuest } from '../../support/guest.ts';
import type { TestGuest } from '../../support/guest.ts';

const UID = 'a-machine';

/** Listens on every one of the given addresses at one free port, which it prints. */
const SERVER = `
  const hosts = process.argv.slice(1);
  const first = require('node:net').createServer().listen(0, hosts[0], () => {
    const { port } = first.address();
    for (const host of hosts.slice(1)) require('node:net').createServer().listen({ port, host, ipv6Only: true });
    console.log(port);
  });`;

describe('the ports of a machine', () => {
  let bundle: Awaited<ReturnType<typeof bundleGuest>>;
  let guest: TestGuest;
  let guests: Guests & { close(): void };
  const children: ChildProcess[] = [];
  /** What Node 24 calls its first thread. */
  const NAMED = `require('node:fs').writeFileSync('/proc/self/comm', 'MainThread');${SERVER}`;

  beforeAll(async () => {
    bundle = await bundleGuest();
    guest = await startGuest(bundle.directory);
  });
  beforeEach(() => {
    guests = createGuests({ log: silentLog, clock: systemClock });
  });
  afterEach(() => {
    guests.close();
    for (const child of children.splice(0)) child.kill('SIGKILL');
  });
  afterAll(async () => {
    await guest.stop();
    bundle.remove();
  });

  async function serve(...hosts: string[]): Promise<{ port: number; child: ChildProcess }> {
    return serveBy(SERVER, ...hosts);
  }
  async function serveBy(script: string, ...hosts: string[]): Promise<{ port: number; child: ChildProcess }> {
    const child = spawn(process.execPath, ['-e', script, '--', ...hosts], { stdio: ['ignore', 'pipe', 'inherit'] });
    children.push(child);
    const [line] = (await once(child.stdout, 'data')) as [Buffer];
    return { port: Number(line.toString()), child };
  }
  const entries = (port: number): ListeningPort[] => guests.observe(UID).ports.filter((each) => each.port === port);
  const follow = (target = 'first'): void => guests.follow(UID, { endpoint: guest.endpoint, target });

  it('are there with their process within a second of their start and gone within a second of their end', async () => {
    follow();
    await eventually(() => expect(guests.observe(UID).answering).toBe(true));
    const { port, child } = await serve('127.0.0.1');
    const expected = { port, reachable: true, process: expect.any(String), pid: child.pid };
    await eventually(() => expect(entries(port)).toEqual([expected]), { timeout: 1000 });
    expect(entries(port)[0]?.process).not.toBe('');
    child.kill('SIGKILL');
    await eventually(() => expect(entries(port)).toEqual([]), { timeout: 1000 });
  });

  it('are named by the program where the process calls itself nothing', async () => {
    follow();
    const { port } = await serveBy(NAMED, '127.0.0.1');
    await eventually(() => expect(entries(port)).toMatchObject([{ process: path.basename(process.execPath) }]));
  });

  it('are one entry in two families, and say when localhost does not lead there', async () => {
    follow();
    const [both, only6, other] = [await serve('127.0.0.1', '::1'), await serve('::1'), await serve('127.0.0.2')];
    await eventually(() => {
      expect(entries(both.port)).toMatchObject([{ reachable: true, pid: both.child.pid }]);
      expect(entries(only6.port)).toMatchObject([{ reachable: true }]);
      expect(entries(other.port)).toMatchObject([{ reachable: false }]);
    });
  });

  it('are reported to who watches, and only when they have changed', async () => {
    const told: string[] = [];
    const stop = new AbortController();
    guests.watch((uid) => told.push(uid), stop.signal);
    follow();
    follow();
    const { port, child } = await serve('127.0.0.1');
    await eventually(() => expect(entries(port)).toHaveLength(1));
    const before = told.length;
    expect(new Set(told)).toEqual(new Set([UID]));
    stop.abort();
    child.kill('SIGKILL');
    await eventually(() => expect(entries(port)).toEqual([]));
    expect(told).toHaveLength(before);
  });

  it('are forgotten with the machine', async () => {
    follow();
    await eventually(() => expect(guests.observe(UID).answering).toBe(true));
    guests.forget(UID);
    expect(guests.observe(UID)).toMatchObject({ answering: false, ports: [] });
  });
});

describe('a machine that comes and goes', () => {
  let bundle: Awaited<ReturnType<typeof bundleGuest>>;
  let guests: Guests & { close(): void };
  const servers: net.Server[] = [];
  const started: TestGuest[] = [];
  async function start(socket?: string): Promise<TestGuest> {
    const guest = await startGuest(bundle.directory, socket);
    started.push(guest);
    return guest;
  }

  beforeAll(async () => {
    bundle = await bundleGuest();
  });
  beforeEach(() => {
    guests = createGuests({ log: silentLog, clock: systemClock });
  });
  afterEach(async () => {
    guests.close();
    for (const server of servers.splice(0)) server.close();
    await Promise.all(started.splice(0).map((guest) => guest.stop()));
  });
  afterAll(() => bundle.remove());

  it('is seen when it starts, when it is gone, and when it is back', async () => {
    const first = await start();
    guests.follow(UID, { endpoint: first.endpoint, target: '1' });
    await eventually(() => expect(guests.observe(UID).answering).toBe(true));
    process.kill(first.pid, 'SIGKILL');
    await eventually(() => expect(guests.observe(UID)).toMatchObject({ answering: false, ports: [] }));
    expect(guests.observe(UID).message).not.toBe('');
    await start(first.endpoint.socket);
    await eventually(() => expect(guests.observe(UID).answering).toBe(true), { timeout: 500 });
  });

  it('is not believed when it is no guest, and does not hold up the others', async () => {
    const good = await start();
    const bad = `${good.directory}/bad`;
    const impostor = http.createServer((_, response) => response.end('{"ports":[{"port":80,"reachable":true}]}\n'));
    servers.push(impostor);
    impostor.listen(bad);
    guests.follow('bad', { endpoint: { socket: bad }, target: '1' });
    guests.follow('good', { endpoint: good.endpoint, target: '1' });
    await eventually(() => expect(guests.observe('bad').message).toMatch(/not a guest/));
    await eventually(() => expect(guests.observe('good').answering).toBe(true));
    expect(guests.observe('bad')).toMatchObject({ answering: false, ports: [] });
  });

  it('is taken for dead when it says nothing any more', async () => {
    const host = await start();
    const socket = `${host.directory}/silent`;
    let connections = 0;
    const hello = JSON.stringify({ dual: 'guest', protocols: [1, 1], version: '0', pid: 1 });
    const silent = http.createServer((incoming, response) => {
      if (incoming.url === '/v1') response.end(hello);
      else response.write('{"ports":[]}\n');
    });
    silent.on('connection', () => (connections += 1));
    servers.push(silent);
    silent.listen(socket);
    // Long waits pass at once when the test says so.
    const waits = new Set<() => void>();
    const clock: Clock = {
      now: systemClock.now,
      after(milliseconds, callback) {
        if (milliseconds < 10_000) return systemClock.after(milliseconds, callback);
        waits.add(callback);
        return () => waits.delete(callback);
      },
    };
    const patient = createGuests({ log: silentLog, clock });
    patient.follow(UID, { endpoint: { socket }, target: '1' });
    await eventually(() => expect(patient.observe(UID).answering).toBe(true));
    const changes: boolean[] = [];
    patient.watch(() => changes.push(patient.observe(UID).answering), new AbortController().signal);
    expect([connections, waits.size]).toEqual([1, 1]);
    for (const pass of waits) pass();
    await eventually(() => expect(changes).toEqual([false, true]));
    expect(connections).toBe(2);
    patient.close();
    silent.closeAllConnections();
  });
});
