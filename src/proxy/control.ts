import { rm, stat } from 'node:fs/promises';
import Fastify, { type FastifyInstance } from 'fastify';
import type { ServerResponse } from 'node:http';
import type { Proxy } from './proxy.ts';
import type { ProxyHello, RouteList, WatchMessage } from './protocol.ts';
import type { Route } from './routes.ts';

export interface ControlOptions {
  proxy: Proxy;
  hello: ProxyHello;
  /** Called after `POST /v1/shutdown` has been answered. */
  onShutdown(): void;
}

const ROUTE = {
  type: 'object',
  required: ['workspace', 'ports', 'state'],
  properties: {
    workspace: { type: 'string', pattern: '^[a-z0-9]([a-z0-9-]*[a-z0-9])?$', maxLength: 63 },
    endpoint: { type: 'object', required: ['socket'], properties: { socket: { type: 'string', minLength: 1 } } },
    ports: { type: 'array', maxItems: 1024, items: { type: 'integer', minimum: 1, maximum: 65_535 } },
    state: {
      type: 'object',
      required: ['phase', 'message'],
      properties: { phase: { type: 'string' }, message: { type: 'string' } },
    },
  },
};

interface Named {
  Params: { workspace: string };
}

/** The control server of protocol.ts, not yet listening. */
export function createControl({ proxy, hello, onShutdown }: ControlOptions): FastifyInstance {
  const app = Fastify({
    ajv: { customOptions: { coerceTypes: false, removeAdditional: false } },
    forceCloseConnections: true,
  });
  app.get('/v1', () => hello);
  app.get('/v1/routes', (): RouteList => ({ workspaces: proxy.workspaces() }));
  app.put<Named & { Body: Route }>('/v1/routes/:workspace', { schema: { body: ROUTE } }, async (request, reply) => {
    const route = request.body;
    if (route.workspace !== request.params.workspace) {
      return reply
        .code(400)
        .send({ message: `the path names ${request.params.workspace}, the route ${route.workspace}` });
    }
    return proxy.publish(route);
  });
  app.delete<Named>('/v1/routes/:workspace', (request, reply) => {
    proxy.withdraw(request.params.workspace);
    return reply.code(204).send();
  });
  app.get('/v1/watch', (_request, reply) => {
    reply.hijack();
    streamChanges(proxy, reply.raw);
  });
  app.post('/v1/shutdown', (_request, reply) => {
    reply.raw.once('finish', onShutdown);
    return reply.code(202).send();
  });
  return app;
}

/** Bytes that may wait for a client that does not read. */
const MAX_BACKLOG = 1_048_576;

function streamChanges(proxy: Proxy, response: ServerResponse): void {
  response.writeHead(200, { 'Content-Type': 'application/x-ndjson' });
  response.flushHeaders();
  const stop = proxy.watch((message: WatchMessage) => {
    response.write(`${JSON.stringify(message)}\n`);
    if (response.writableLength > MAX_BACKLOG) response.destroy();
  });
  response.once('close', stop);
}

/**
 * Listens on the socket, in the place of one that a dead proxy has left behind. To be called with the lock held.
 * @returns a name for that very socket: socketIdentity() gives another one when the path no longer leads here
 */
export async function listenOnSocket(app: FastifyInstance, socket: string): Promise<string | undefined> {
  await rm(socket, { force: true });
  await app.listen({ path: socket });
  return socketIdentity(socket);
}

export async function socketIdentity(socket: string): Promise<string | undefined> {
  try {
    const { dev, ino, birthtimeMs } = await stat(socket);
    return `${dev}:${ino}:${birthtimeMs}`;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
