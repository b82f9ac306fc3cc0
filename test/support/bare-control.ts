import type { FastifyInstance } from 'fastify';
import type { AccessEntry } from '../../src/proxy/access-log.ts';
import type { ControlStreams } from '../../src/proxy/control-streams.ts';
import { createControl } from '../../src/proxy/control.ts';
import { PROTOCOL } from '../../src/proxy/protocol.ts';
import type { Proxy } from '../../src/proxy/proxy.ts';

/** A control server, not yet listening, with no proxy behind it. */
export function bareControl(streams: ControlStreams): FastifyInstance {
  return createControl({
    proxy: { workspaces: () => [] } as Partial<Proxy> as Proxy,
    hello: {
      dual: 'proxy',
      protocols: [PROTOCOL, PROTOCOL],
      version: '0.0.0',
      pid: process.pid,
      listen: ['127.0.0.1'],
    },
    onShutdown: () => undefined,
    ...streams,
  });
}

export function accessEntry(more: Partial<AccessEntry> = {}): AccessEntry {
  return {
    time: '2026-01-02T03:04:05.678Z',
    workspace: 'shop-main',
    port: 3000,
    client: '127.0.0.1',
    method: 'GET',
    target: '/',
    host: 'shop-main.localhost:3000',
    status: 200,
    duration: 12,
    bytesIn: 100,
    bytesOut: 200,
    ...more,
  };
}
