import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import http from 'node:http';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { systemClock } from '../../src/clock/clock.ts';
import { silentLog } from '../../src/log/log.ts';
import { createProxy, type Proxy, type ProxyOptions } from '../../src/proxy/proxy.ts';
import { createTls } from '../../src/proxy/tls/tls.ts';
import type { PortResult } from '../../src/proxy/routes.ts';
import { createStandInGuest, type StandInGuest } from './stand-in-guest.ts';

/** A proxy, and workspaces with services behind stand-in guests. */
export interface ProxyFixture {
  dir: string;
  proxy: Proxy;
  guests: Map<string, StandInGuest>;
  /** Gives a workspace these services: port to handler, or to a server. */
  workspace(name: string, services: Record<number, http.RequestListener | net.Server>): Promise<PortResult[]>;
  close(): Promise<void>;
}

export async function createProxyFixture(
  listen: string[] = ['127.0.0.1', '::1'],
  options: Partial<ProxyOptions> = {},
): Promise<ProxyFixture> {
  const dir = await mkdtemp(path.join(os.tmpdir(), 'dual-'));
  const tls = createTls({ dir: path.join(dir, 'ca'), clock: systemClock, log: silentLog });
  const proxy = createProxy({ listen, tls, clock: systemClock, log: silentLog, retryAfter: 50, ...options });
  const guests = new Map<string, StandInGuest>();
  const servers: net.Server[] = [];
  return {
    dir,
    proxy,
    guests,
    async workspace(name, services) {
      const guest = guests.get(name) ?? (await createStandInGuest(path.join(dir, `${guests.size}.sock`)));
      guests.set(name, guest);
      for (const [port, service] of Object.entries(services)) {
        const server = typeof service === 'function' ? http.createServer(service) : service;
        servers.push(server);
        await once(server.listen(0, '127.0.0.1'), 'listening');
        guest.ports.set(Number(port), server.address() as net.AddressInfo);
      }
      const ports = [...guest.ports.keys()].sort((a, b) => a - b);
      proxy.describe(name, { phase: 'Ready', message: '', conditions: [] });
      return (await proxy.publish({ workspace: name, endpoint: guest.endpoint, ports, awaited: [] })).results.http;
    },
    async close() {
      proxy.close();
      for (const guest of guests.values()) await guest.close();
      for (const server of servers) {
        if (server instanceof http.Server) server.closeAllConnections();
        server.close();
      }
      await rm(dir, { recursive: true, force: true });
    },
  };
}

/** A port that nobody listens on, below those that the kernel gives out. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = 20_000 + Math.floor(Math.random() * 12_000);
    if ((await isFree('127.0.0.1', port)) && (await isFree('::1', port))) return port;
  }
}

async function isFree(host: string, port: number): Promise<boolean> {
  const server = net.createServer();
  try {
    server.listen(port, host);
    await once(server, 'listening');
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE') return false;
    throw error;
  } finally {
    server.close();
  }
}

export interface Answer {
  status: number;
  headers: http.IncomingHttpHeaders;
  body: string;
  trailers: NodeJS.Dict<string>;
}

/** One request on a connection of its own, unless an agent is given. */
export function ask(port: number, options: http.RequestOptions & { body?: string } = {}): Promise<Answer> {
  const { body, ...rest } = options;
  return new Promise((resolve, reject) => {
    const request = http.request({ host: '127.0.0.1', port, agent: false, ...rest }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => (text += chunk));
      response.on('error', reject);
      response.on('end', () => {
        const { statusCode = 0, headers, trailers } = response;
        resolve({ status: statusCode, headers, body: text, trailers });
      });
    });
    request.on('error', reject);
    request.end(body);
  });
}

/** Sends bytes as they are and gives what comes back until the other side ends. */
export async function sendRaw(port: number, text: string, host = '127.0.0.1'): Promise<string> {
  const socket = net.connect({ port, host, allowHalfOpen: true });
  const chunks: Buffer[] = [];
  socket.on('data', (chunk) => chunks.push(chunk));
  socket.write(text, 'latin1');
  await once(socket, 'end');
  socket.destroy();
  return Buffer.concat(chunks).toString('latin1');
}

/** Answers with what it was asked. */
export const echo: http.RequestListener = (request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const { method, url, rawHeaders, headers, rawTrailers } = request;
    const body = Buffer.concat(chunks).toString();
    response.end(JSON.stringify({ method, url, rawHeaders, headers, rawTrailers, body }));
  });
};

export interface Echo {
  method: string;
  url: string;
  headers: Record<string, string>;
  rawHeaders: string[];
  rawTrailers: string[];
  body: string;
}

export function echoed({ body }: { body: string }): Echo {
  return JSON.parse(body) as Echo;
}
