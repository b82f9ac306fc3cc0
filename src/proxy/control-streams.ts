import type { FastifyInstance, FastifyReply } from 'fastify';
import type { AccessLog } from './access-log.ts';
import { NAMED } from './control-schemas.ts';
import type { Metrics } from './metrics.ts';

export interface ControlStreams {
  metrics: Metrics;
  access: AccessLog;
}

/** What tells of what passes through. */
export function addStreams(app: FastifyInstance, { metrics, access }: ControlStreams): void {
  app.get('/v1/metrics', async (_request, reply) =>
    reply.type('text/plain; version=0.0.4; charset=utf-8').send(await metrics.text()),
  );
  app.get<{ Querystring: { workspace?: string } }>(
    '/v1/access',
    { schema: { querystring: NAMED } },
    ({ query: { workspace } }, reply) => {
      streamLines(reply, (send) =>
        access.follow((entry) => {
          if (workspace === undefined || entry.workspace === workspace) send(entry);
        }),
      );
    },
  );
}

/** Bytes that may wait for a client that does not read. */
const MAX_BACKLOG = 1_048_576;

/** Answers with one message a line for as long as the client reads them. `follow` gives how to stop it. */
export function streamLines<T>(reply: FastifyReply, follow: (send: (message: T) => void) => () => void): void {
  reply.hijack();
  const response = reply.raw;
  response.writeHead(200, { 'Content-Type': 'application/x-ndjson' });
  response.flushHeaders();
  const stop = follow((message) => {
    response.write(`${JSON.stringify(message)}\n`);
    if (response.writableLength > MAX_BACKLOG) response.destroy();
  });
  response.once('close', stop);
}
