import type { FastifyInstance } from 'fastify';
import type { ServerContext } from '../context.ts';

/** Where Prometheus looks, and `kubectl get --raw /metrics`. */
export function addMetrics(app: FastifyInstance, { metrics }: ServerContext): void {
  if (!metrics) return;
  app.get('/metrics', async (_request, reply) =>
    reply.type('text/plain; version=0.0.4; charset=utf-8').send(await metrics()),
  );
}
