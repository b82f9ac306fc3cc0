import type { FastifyInstance } from 'fastify';
import type { ServerContext } from '../context.ts';

/** Version and health: where probes and `kubectl version` look. */
export function addHealth(app: FastifyInstance, { store, version }: ServerContext): void {
  const method = ['GET', 'HEAD'];
  const [major = '0', minor = '0'] = version.split('.');
  const info = {
    major,
    minor,
    gitVersion: `v${version}`,
    gitCommit: '',
    gitTreeState: '',
    buildDate: '',
    goVersion: '',
    compiler: 'node',
    platform: `${process.platform}/${process.arch}`,
    // Dual's own addition: whom to signal.
    pid: process.pid,
  };
  app.route({ method, url: '/version', handler: () => info });
  for (const url of ['/healthz', '/livez']) {
    app.route({ method, url, handler: (_request, reply) => reply.type('text/plain').send('ok') });
  }
  app.route({
    method,
    url: '/readyz',
    handler: (_request, reply) => {
      store.resourceVersion();
      return reply.type('text/plain').send('ok');
    },
  });
}
