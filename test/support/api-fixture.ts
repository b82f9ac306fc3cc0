import { mkdtemp, rm } from 'node:fs/promises';
import http from 'node:http';
import os from 'node:os';
import path from 'node:path';
import { onTestFinished } from 'vitest';
import type { SubresourceHandlers } from '../../src/apiserver/served/resources.ts';
import type { ApiServer } from '../../src/apiserver/start.ts';
import { startApiServer } from '../../src/apiserver/start.ts';
import type { Client } from '../../src/client/client.ts';
import { createClient } from '../../src/client/http-client.ts';
import type { Clock } from '../../src/clock/clock.ts';
import { systemClock } from '../../src/clock/clock.ts';
import { silentLog } from '../../src/log/log.ts';
import type { Store } from '../../src/store/store.ts';
import { openStore } from '../../src/store/store.ts';
import type { LogLimits } from '../../src/store/watch-log.ts';

interface FixtureOptions {
  clock?: Clock;
  limits?: LogLimits;
  subresources?: SubresourceHandlers;
  metrics?: () => Promise<string>;
}

export interface ApiFixture {
  dir: string;
  socketPath: string;
  store: Store;
  server: ApiServer;
  client: Client;
  request(method: string, url: string, options?: RequestOptions): Promise<RawAnswer>;
  /** Stops the server and the store. */
  stop(): Promise<void>;
  /** Starts them again, on the same database and socket. */
  restart(): Promise<void>;
}

interface RequestOptions {
  headers?: Record<string, string>;
  /** An object is sent as JSON, without a Content-Type unless the headers have one. */
  body?: unknown;
}

interface RawAnswer {
  code: number;
  headers: http.IncomingHttpHeaders;
  text: string;
  json: Record<string, unknown>;
}

/** A server on a socket of its own, with a store on disk; all of it ends with the test. */
export async function createApiFixture(options: FixtureOptions = {}): Promise<ApiFixture> {
  const { clock = systemClock, limits, subresources = {}, metrics } = options;
  const dir = await mkdtemp(path.join(os.tmpdir(), 'dual-'));
  const socketPath = path.join(dir, 'state', 'api.sock');
  const file = path.join(dir, 'state', 'dual.db');
  const open = (): Store => openStore(file, { clock, log: silentLog, ...(limits ? { limits } : {}) });
  const serve = async (store: Store): Promise<ApiServer> =>
    startApiServer({
      store,
      socketPath,
      log: silentLog,
      clock,
      version: '1.2.3',
      subresources,
      ...(metrics && { metrics }),
    });
  const store = open();
  let running = true;
  const fixture: ApiFixture = {
    dir,
    socketPath,
    store,
    server: await serve(store),
    client: createClient(socketPath),
    request: async (method, url, given = {}) => request(socketPath, { method, url, ...given }),
    async stop() {
      running = false;
      await fixture.server.close();
      fixture.store.close();
    },
    async restart() {
      if (running) await fixture.stop();
      fixture.store = open();
      fixture.server = await serve(fixture.store);
      running = true;
    },
  };
  onTestFinished(async () => {
    await fixture.client.close();
    if (running) await fixture.stop();
    await rm(dir, { recursive: true });
  });
  return fixture;
}

async function request(
  socketPath: string,
  { method, url, headers = {}, body }: RequestOptions & { method: string; url: string },
): Promise<RawAnswer> {
  return new Promise((resolve, reject) => {
    const outgoing = http.request({ socketPath, method, path: url, headers, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString('utf8');
        const isJson = response.headers['content-type']?.startsWith('application/json') && !text.includes('}\n{');
        const json = isJson && text.trim() !== '' ? (JSON.parse(text) as Record<string, unknown>) : {};
        resolve({ code: response.statusCode ?? 0, headers: response.headers, text, json });
      });
    });
    outgoing.on('error', reject);
    outgoing.end(typeof body === 'object' ? JSON.stringify(body) : (body as string | undefined));
  });
}
