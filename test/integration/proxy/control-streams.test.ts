import { mkdtemp, rm } from 'node:fs/promises';
import http, { type IncomingMessage } from 'node:http';
import os from 'node:os';
import path from 'node:path';
import type { FastifyInstance } from 'fastify';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createAccessLog, type AccessEntry, type AccessLog } from '../../../src/proxy/access-log.ts';
import { createControlClient, type ControlClient } from '../../../src/proxy/control-client.ts';
import { listenOnSocket } from '../../../src/proxy/control.ts';
import { eventually } from '../../support/eventually.ts';
import { accessEntry, bareControl } from '../../support/bare-control.ts';

let dir: string;
let socket: string;
let access: AccessLog;
let control: FastifyInstance;
let client: ControlClient;

beforeEach(async () => {
  dir = await mkdtemp(path.join(os.tmpdir(), 'dual-'));
  socket = path.join(dir, 's');
  access = createAccessLog();
  control = bareControl({ access, metrics: { text: () => Promise.resolve('dual_proxy_x 1\n') } });
  await listenOnSocket(control, socket);
  client = createControlClient(socket);
});
afterEach(async () => {
  client.close();
  await control.close();
  await rm(dir, { recursive: true, force: true });
});

interface Following {
  entries: AccessEntry[];
  stop(): void;
  ended: Promise<void>;
}

async function follow(workspace?: string): Promise<Following> {
  const stop = new AbortController();
  const entries: AccessEntry[] = [];
  const take = async (): Promise<void> => {
    for await (const entry of client.access(workspace, stop.signal)) entries.push(entry);
  };
  const ended = take();
  await eventually(() => expect(access.active).toBe(true));
  return { entries, stop: () => stop.abort(), ended };
}

function get(target: string): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    http.get({ socketPath: socket, path: target, agent: false }, resolve).on('error', reject);
  });
}

it('serves the metrics as text', async () => {
  expect(await client.metrics()).toBe('dual_proxy_x 1\n');
  const response = await get('/v1/metrics');
  expect(response.headers['content-type']).toBe('text/plain; version=0.0.4; charset=utf-8');
  response.resume();
});

it('reports requests from now on, of all workspaces and of none', async () => {
  access.record(accessEntry({ target: '/before' }));
  const { entries, stop, ended } = await follow();
  const { workspace: _, ...unknown } = accessEntry({ host: 'evil.example' });
  const told = [accessEntry(), accessEntry({ workspace: 'two' }), unknown];
  for (const entry of told) access.record(entry);
  await eventually(() => expect(entries).toEqual(told));
  stop();
  await ended;
  await eventually(() => expect(access.active).toBe(false));
});

it('reports those of one workspace when asked so', async () => {
  const { entries, stop, ended } = await follow('two');
  for (const workspace of ['one', 'two', 'three']) access.record(accessEntry({ workspace }));
  access.record(accessEntry({ workspace: 'two', target: '/last' }));
  await eventually(() => expect(entries.map(({ target }) => target)).toEqual(['/', '/last']));
  stop();
  await ended;
});

it('ends when the proxy does', async () => {
  const { ended } = await follow();
  await control.close();
  await ended;
});

it('gives up a follower that does not read, rather than remember for it', async () => {
  const response = await get('/v1/access');
  response.pause();
  await eventually(() => expect(access.active).toBe(true));
  const entry = accessEntry({ target: `/${'x'.repeat(10_000)}` });
  await eventually(() => {
    for (let i = 0; i < 50; i += 1) access.record(entry);
    expect(access.active).toBe(false);
  });
  response.destroy();
});

it('refuses what is no name of a workspace', async () => {
  const response = await get('/v1/access?workspace=..%2Fx');
  expect(response.statusCode).toBe(400);
  response.resume();
  await expect(client.access('A b', AbortSignal.timeout(5_000))[Symbol.asyncIterator]().next()).rejects.toThrow('400');
});
