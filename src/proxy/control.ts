import { rm, stat } from 'node:fs/promises';
import Fastify, { type FastifyInstance } from 'fastify';
import type { Proxy } from './proxy.ts';
import type { ProxyHello, RouteList, WatchMessage } from './protocol.ts';
import { DESCRIPTION, NAMED, ROUTE } from './control-schemas.ts';
import { addStreams, streamLines, type ControlStreams } from './control-streams.ts';
import type { Description, Route } from './routes.ts';

export interface ControlOptions extends ControlStreams {
  proxy: Proxy;
  hello: ProxyHello;
  /** Called after `POST /v1/shutdown` has been answered. */
  onShutdown(): void;
}

interface Named {
  Params: { workspace: string };
}

/** The control server of protocol.ts, not yet listening. */
export function createControl({ proxy, hello, onShutdown, ...streams }: ControlOptions): FastifyInstance {
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
  app.put<Named & { Body: Description }>(
    '/v1/routes/:workspace/description',
    { schema: { params: NAMED, body: DESCRIPTION } },
    (request, reply) => {
      proxy.describe(request.params.workspace, request.body);
      return reply.code(204).send();
    },
  );
  app.delete<Named>('/v1/routes/:workspace', (request, reply) => {
    proxy.withdraw(request.params.workspace);
    return reply.code(204).send();
  });
  app.get('/v1/watch', (_request, reply) => streamLines<WatchMessage>(reply, (send) => proxy.watch(send)));
  addStreams(app, streams);
  app.post('/v1/shutdown', (_request, reply) => {
    reply.raw.once('finish', onShutdown);
    return reply.code(202).send();
  });
  return app;
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
