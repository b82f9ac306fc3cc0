import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, realpath, rm, rmdir } from 'node:fs/promises';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createPeers } from '../../../src/proxy/peer-process.ts';

let dir: string;
let server: net.Server;
let accepted: net.Socket[];
const children: ChildProcess[] = [];
const peers = createPeers({});

beforeEach(async () => {
  dir = await realpath(await mkdtemp(path.join(os.tmpdir(), 'dual-')));
  accepted = [];
  server = net.createServer((socket) => accepted.push(socket));
});
afterEach(async () => {
  for (const child of children.splice(0)) await stop(child);
  for (const socket of accepted) socket.destroy();
  server.close();
  await rm(dir, { recursive: true, force: true });
});

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGKILL');
  await once(child, 'exit');
}

async function listen(host: string): Promise<number> {
  await once(server.listen(0, host), 'listening');
  return (server.address() as net.AddressInfo).port;
}

async function clone(name: string): Promise<string> {
  const clone = path.join(dir, name);
  await mkdir(clone, { recursive: true });
  return clone;
}

/** A process that stands there and holds a connection. Ends with its standard input, and so do its children. */
async function client(cwd: string, port: number, host = '127.0.0.1'): Promise<net.Socket> {
  return accept(() => start(cwd, connecting(port, host)));
}

function connecting(port: number, host: string): string {
  return `require('net').connect(${port}, '${host}').on('error', () => process.exit()); ${endWithInput}`;
}

const endWithInput = `process.stdin.on('end', () => process.exit()).resume()`;

function start(cwd: string, code: string, more: net.Socket[] = []): void {
  children.push(spawn(process.execPath, ['-e', code], { cwd, stdio: ['pipe', 'ignore', 'inherit', ...more] }));
}

async function accept(connect: () => void): Promise<net.Socket> {
  const connection = once(server, 'connection') as Promise<[net.Socket]>;
  connect();
  const [socket] = await connection;
  return socket;
}

function workspaceOf(socket: net.Socket, directories: Record<string, string>): Promise<string | undefined> {
  const { remoteAddress = '', remotePort = 0, localAddress = '', localPort = 0 } = socket;
  const connection = { remoteAddress, remotePort, localAddress, localPort };
  return peers.workspaceOf(connection, new Map(Object.entries(directories)));
}

it.each([
  ['127.0.0.1', '127.0.0.1'],
  ['127.0.0.9', '127.0.0.9'],
  ['::1', '::1'],
  ['127.0.0.1', '::ffff:127.0.0.1'],
  ['::', '127.0.0.1'],
  ['::', '::1'],
])('is found by where it stands: a server on %s that is asked for %s', async (listening, asked) => {
  const port = await listen(listening);
  const one = await clone('one');
  const socket = await client(one, port, asked);
  expect(await workspaceOf(socket, { [one]: 'shop-one', [await clone('two')]: 'shop-two' })).toBe('shop-one');
});

it('is found below the clone, of which the innermost counts', async () => {
  const port = await listen('127.0.0.1');
  const [outer, inner] = [await clone('one'), await clone('one/vendor/two')];
  const directories = { [outer]: 'outer', [inner]: 'inner' };
  const [below, within] = [
    await client(await clone('one/src'), port),
    await client(await clone('one/vendor/two/a'), port),
  ];
  expect(await workspaceOf(below, directories)).toBe('outer');
  expect(await workspaceOf(within, directories)).toBe('inner');
});

it('is not taken for one of a clone whose path begins the same', async () => {
  const port = await listen('127.0.0.1');
  const socket = await client(await clone('one-more'), port);
  expect(await workspaceOf(socket, { [await clone('one')]: 'shop-one' })).toBeUndefined();
});

it('belongs to the workspace of the nearest ancestor when it stands elsewhere', async () => {
  const port = await listen('127.0.0.1');
  const [one, two] = [await clone('one'), await clone('two')];
  const nested = (cwd: string, code: string): string =>
    `require('child_process').spawn(process.execPath, ['-e', ${JSON.stringify(code)}],
      { cwd: ${JSON.stringify(cwd)}, stdio: ['pipe', 'ignore', 'inherit'] }); ${endWithInput}`;
  const socket = await accept(() => start(one, nested(two, nested('/', nested('/', connecting(port, '127.0.0.1'))))));
  expect(await workspaceOf(socket, { [one]: 'shop-one', [two]: 'shop-two' })).toBe('shop-two');
  expect(await workspaceOf(socket, { [one]: 'shop-one' })).toBe('shop-one');
});

it('belongs to a clone that was removed under it', async () => {
  const port = await listen('127.0.0.1');
  const gone = await clone('one/gone');
  const socket = await client(gone, port);
  await rmdir(gone);
  expect(await workspaceOf(socket, { [path.join(dir, 'one')]: 'shop-one' })).toBe('shop-one');
  expect(await workspaceOf(socket, { [gone]: 'shop-gone' })).toBe('shop-gone');
});

it('is nobody when it stands in no clone: this very process', async () => {
  const port = await listen('127.0.0.1');
  const mine = net.connect(port, '127.0.0.1');
  const socket = await accept(() => undefined);
  expect(await workspaceOf(socket, { [await clone('one')]: 'shop-one' })).toBeUndefined();
  expect(await workspaceOf(socket, {})).toBeUndefined();
  expect(await workspaceOf(socket, { [process.cwd()]: 'here' })).toBe('here');
  mine.destroy();
});

it('is whichever holder of the socket leads to a workspace', async () => {
  const port = await listen('127.0.0.1');
  const one = await clone('one');
  const mine = net.connect(port, '127.0.0.1');
  const socket = await accept(() => undefined);
  start(one, endWithInput, [mine]);
  expect(await workspaceOf(socket, { [one]: 'shop-one' })).toBe('shop-one');
  mine.destroy();
});

it('is nobody once it has let go of its socket', async () => {
  const port = await listen('127.0.0.1');
  const one = await clone('one');
  const socket = await client(one, port);
  socket.resume();
  for (const child of children) await stop(child);
  expect(await workspaceOf(socket, { [one]: 'shop-one' })).toBeUndefined();
});

it('is told apart from others that ask at the same time', async () => {
  const port = await listen('127.0.0.1');
  const clones = await Promise.all(['a', 'b', 'c', 'd'].map(clone));
  const directories = Object.fromEntries(clones.map((one) => [one, path.basename(one)]));
  const sockets: net.Socket[] = [];
  for (const one of clones) sockets.push(await client(one, port));
  const asked = [...sockets, ...sockets.toReversed(), ...sockets];
  const answers = await Promise.all(asked.map((socket) => workspaceOf(socket, directories)));
  expect(answers.join('')).toBe('abcddcbaabcd');
});
