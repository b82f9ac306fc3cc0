import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import http from 'node:http';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, it, onTestFinished } from 'vitest';
import { systemClock } from '../../../src/clock/clock.ts';
import { silentLog } from '../../../src/log/log.ts';
import { packageRoot } from '../../../src/config/package-root.ts';
import { createControlClient } from '../../../src/proxy/control-client.ts';
import { createProxyRoutes, type ProxyRoutes } from '../../../src/proxy/launch.ts';
import type { ProxyHello } from '../../../src/proxy/protocol.ts';
import type { Route, RouteHandlers, RouteResults } from '../../../src/proxy/routes.ts';
import type { ProxyProcess } from '../../../src/proxy/start-process.ts';
import { eventually } from '../../support/eventually.ts';
import { ask, freePort } from '../../support/proxy-fixture.ts';
import { createStandInGuest, type StandInGuest } from '../../support/stand-in-guest.ts';

const tsx = ['--import', import.meta.resolve('tsx')];
const main = path.join(packageRoot(), 'src/proxy/main.ts');
const starter = fileURLToPath(import.meta.resolve('../../support/proxy-starter.ts'));

let dir: string;
let options: ProxyProcess;
let guest: StandInGuest;
let service: http.Server;
let port: number;
let route: Route;
let opened: ProxyRoutes[];
let children: ChildProcess[];

beforeEach(async () => {
  dir = await mkdtemp(path.join(os.tmpdir(), 'dual-'));
  opened = [];
  children = [];
  port = await freePort();
  options = {
    socket: path.join(dir, 'proxy.sock'),
    listen: ['127.0.0.1'],
    ca: path.join(dir, 'ca'),
    version: '1.2.3',
    command: [process.execPath, ...tsx, main],
    logFile: path.join(dir, 'proxy.log'),
    clock: systemClock,
    log: silentLog,
  };
  guest = await createStandInGuest(path.join(dir, 'guest.sock'));
  service = http.createServer((_request, response) => response.end('hello'));
  await once(service.listen(0, '127.0.0.1'), 'listening');
  guest.ports.set(port, service.address() as { address: string; port: number; family: string });
  route = { workspace: 'one', endpoint: guest.endpoint, ports: [port], awaited: [] };
});

afterEach(async () => {
  for (const child of children) child.kill('SIGKILL');
  const pid = (await hello())?.pid;
  for (const routes of opened) routes.close();
  if (pid !== undefined) {
    process.kill(pid, 'SIGKILL');
    await eventually(() => expect(isAlive(pid)).toBe(false));
  }
  await guest.close();
  service.closeAllConnections();
  service.close();
  await rm(dir, { recursive: true, force: true });
});

async function open(change: Partial<ProxyProcess> = {}): Promise<ProxyRoutes> {
  const routes = await createProxyRoutes({ ...options, ...change });
  opened.push(routes);
  return routes;
}

async function hello(): Promise<ProxyHello | undefined> {
  const client = createControlClient(options.socket);
  try {
    return await client.hello();
  } finally {
    client.close();
  }
}

async function pidOf(): Promise<number> {
  const answer = await hello();
  if (!answer) throw new Error(`no proxy: ${await readFile(options.logFile, 'utf8')}`);
  return answer.pid;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
    throw error;
  }
}

const page = async (): Promise<string> => (await ask(port, { headers: { host: 'one.localhost' } })).body;
const served = (): RouteResults => ({ http: [{ port, listening: true }], awaited: [], tcp: [] });
const quiet: RouteHandlers = { onChange: () => undefined, onWanted: () => undefined };

function bare(workspace: string): Route {
  return { workspace, ports: [], awaited: [] };
}

/** A daemon's stand-in that has published the route. */
async function startDaemon(): Promise<ChildProcess> {
  const { clock: _clock, log: _log, ...plain } = options;
  const args = [...tsx, starter, JSON.stringify(plain), JSON.stringify(route)];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  children.push(child);
  if (child.stdout) await once(child.stdout, 'data');
  return child;
}

it('is started, serves, and keeps its socket to the user', async () => {
  const routes = await open();
  expect(await routes.publish(route)).toEqual(served());
  expect(await page()).toBe('hello');
  expect((await stat(options.socket)).mode & 0o777).toBe(0o600);
  expect((await stat(options.logFile)).mode & 0o777).toBe(0o600);
  expect(await routes.list()).toEqual(['one']);
  await routes.withdraw('one');
  expect(await routes.list()).toEqual([]);
  await expect(page()).rejects.toThrow('ECONNREFUSED');
});

it('outlives a killed daemon, and is taken over with its routes by the next', async () => {
  const daemon = await startDaemon();
  const pid = await pidOf();
  daemon.kill('SIGKILL');
  await once(daemon, 'exit');
  expect(await page()).toBe('hello');
  const routes = await open();
  expect(await pidOf()).toBe(pid);
  expect(await routes.list()).toEqual(['one']);
  expect(await routes.publish(route)).toEqual(served());
  routes.close();
  expect(await page()).toBe('hello');
});

it('is one, however many start it at once', async () => {
  await Promise.all([startDaemon(), startDaemon(), startDaemon()]);
  const pid = await pidOf();
  const routes = await open();
  expect(await pidOf()).toBe(pid);
  expect(await page()).toBe('hello');
  const log = await readFile(options.logFile, 'utf8');
  const serving = log.split('\n').filter((line) => line.includes('"msg":"serving"'));
  expect(serving).toHaveLength(1);
  routes.close();
});

it.each([
  ['version', { version: '1.2.4' }],
  ['addresses', { listen: ['127.0.0.1', '127.0.1.1'] }],
])('of another %s is replaced', async (_what, change) => {
  const before = await open();
  await before.publish(route);
  const pid = await pidOf();
  before.close();
  const routes = await open(change);
  expect(await pidOf()).not.toBe(pid);
  await eventually(() => expect(isAlive(pid)).toBe(false));
  expect(await hello()).toMatchObject(change);
  expect(await routes.list()).toEqual([]);
  await routes.publish(route);
  expect(await page()).toBe('hello');
});

it('that dies is started again, and asks for everything', async () => {
  const routes = await open();
  const reports: (string | undefined)[] = [];
  routes.watch({ ...quiet, onChange: (workspace) => reports.push(workspace) }, new AbortController().signal);
  await routes.publish(route);
  const pid = await pidOf();
  process.kill(pid, 'SIGKILL');
  await eventually(() => expect(reports).toContain(undefined));
  expect(await pidOf()).not.toBe(pid);
  await routes.publish(route);
  expect(await page()).toBe('hello');
});

it('reports a port that has become free', async () => {
  const holder = http.createServer();
  await once(holder.listen(port, '127.0.0.1'), 'listening');
  const routes = await open();
  const stop = new AbortController();
  const reports: (string | undefined)[] = [];
  routes.watch({ ...quiet, onChange: (workspace) => reports.push(workspace) }, stop.signal);
  expect(await routes.publish(route)).toMatchObject({ http: [{ port, listening: false, reason: 'PortTaken' }] });
  holder.close();
  await eventually(() => expect(reports).toEqual(['one']));
  expect(await routes.publish(route)).toEqual(served());
});

it('serves plain TCP on an address of the workspace, and tells of it apart', async () => {
  const address = `127.99.${Math.floor(Math.random() * 250)}.7`;
  const routes = await open();
  const results = await routes.publish({ ...route, tcp: { address, ports: [port] } });
  expect(results).toEqual({ ...served(), tcp: [{ port, listening: true }] });
  expect((await ask(port, { host: address })).body).toBe('hello');
});

it('tells who wants to see a workspace that does not answer, and shows what it was told of it', async () => {
  const routes = await open();
  const wanted: string[] = [];
  routes.watch({ ...quiet, onWanted: (workspace) => wanted.push(workspace) }, new AbortController().signal);
  const message = `${'a log, line by line; '.repeat(1_000)}and the error at its end`;
  const condition = { type: 'ImageReady', status: 'False', reason: 'BuildFailed', message };
  await routes.describe('one', { phase: 'Building', message, conditions: [condition] });
  await routes.publish({ workspace: 'one', ports: [], awaited: [port] });
  const { status } = await ask(port, { headers: { host: 'one.localhost' } });
  expect(status).toBe(503);
  await eventually(() => expect(wanted).toEqual(['one']));
  await routes.describe('one', { phase: 'Stopped', message: 'somebody has stopped it', conditions: [] });
  expect(await page()).toContain('somebody has stopped it');
});

it('tells the next daemon who was wanted while there was none, whenever that begins to watch', async () => {
  const first = await open();
  await first.publish({ workspace: 'one', ports: [], awaited: [port] });
  first.close();
  const wanted: string[] = [];
  await ask(port, { headers: { host: 'one.localhost' } });
  const next = await open();
  next.watch({ ...quiet, onWanted: (workspace) => wanted.push(workspace) }, new AbortController().signal);
  await eventually(() => expect(wanted).toEqual(['one']));
});

it('tells of awaited ports that another process has', async () => {
  const routes = await open();
  const holder = http.createServer();
  onTestFinished(() => void holder.close());
  await once(holder.listen(port, '127.0.0.1'), 'listening');
  const { awaited } = await routes.publish({ workspace: 'one', ports: [], awaited: [port] });
  expect(awaited).toMatchObject([{ port, listening: false, reason: 'PortTaken' }]);
});

it.each([
  ['of another name than its path', 'PUT', '/v1/routes/two', { workspace: 'one', ports: [], awaited: [] }],
  ['beyond loopback', 'PUT', '/v1/routes/one', { ...bare('one'), tcp: { address: '192.0.2.1', ports: [] } }],
  ['on no port', 'PUT', '/v1/routes/one', { ...bare('one'), awaited: [70_000] }],
  [
    'of an endless message',
    'PUT',
    '/v1/routes/one/description',
    { phase: '', message: 'x'.repeat(5_000), conditions: [] },
  ],
  [
    'of endless conditions',
    'PUT',
    '/v1/routes/one/description',
    { phase: '', message: '', conditions: Array(99).fill({}) },
  ],
  ['of no workspace', 'PUT', '/v1/routes/a..b/description', { phase: '', message: '', conditions: [] }],
])('refuses to be told %s', async (_what, method, at, body) => {
  await open();
  const headers = { 'content-type': 'application/json' };
  const answer = await ask(0, { socketPath: options.socket, method, path: at, headers, body: JSON.stringify(body) });
  expect(answer.status).toBe(400);
});

it('ends on request, and when its socket has gone', async () => {
  const routes = await open();
  const pid = await pidOf();
  await routes.shutdown();
  await eventually(() => expect(isAlive(pid)).toBe(false));
  await (await open()).publish(route);
  const second = await pidOf();
  for (const one of opened) one.close();
  await rm(options.socket);
  await eventually(() => expect(isAlive(second)).toBe(false));
});

it('that cannot be started is an error that says why, until it can', async () => {
  const script = path.join(dir, 'proxy.mjs');
  const routes = await open({ command: [process.execPath, ...tsx, script] });
  const reason = await routes.publish(route).catch((error: unknown) => error);
  expect(reason).toMatchObject({ name: 'RetryError', reason: 'ProxyUnavailable' });
  expect((reason as Error).message).toContain(options.logFile);
  await expect(routes.list()).rejects.toMatchObject({ reason: 'ProxyUnavailable' });
  const reports: unknown[] = [];
  routes.watch({ ...quiet, onChange: (workspace) => reports.push(workspace) }, new AbortController().signal);
  await writeFile(script, `await import(${JSON.stringify(main)});`);
  await eventually(() => expect(reports).toEqual([undefined]), { timeout: 20_000 });
  expect(await routes.publish(route)).toEqual(served());
});

it('is not taken for what else answers at its socket', async () => {
  const other = http.createServer((_request, response) => response.end('{"dual":"guest"}'));
  await once(other.listen(options.socket), 'listening');
  const routes = await open();
  await expect(routes.publish(route)).rejects.toThrow("is not Dual's proxy");
  other.closeAllConnections();
  other.close();
});
