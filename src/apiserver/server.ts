import type { FastifyInstance } from 'fastify';
import fastify from 'fastify';
import { ApiError } from '../errors/api-error.ts';
import type { ServerContext } from './context.ts';
import { MAX_BODY } from './rest/body.ts';
import { addDiscovery } from './routes/discovery.ts';
import { errorHandler, pathNotFound } from './routes/errors.ts';
import { addHealth } from './routes/health.ts';
import { addMetrics } from './routes/metrics.ts';
import { addResource } from './routes/resources.ts';

/** Longest name of an object; what is longer cannot exist. */
const MAX_PARAMETER = 512;
/** Milliseconds; above what clients wait between requests, so that it is never the server that ends an idle connection first. */
const KEEP_ALIVE = 95_000;

/** The routes, not yet listening anywhere: the same for every kind of listener. */
export function createServer(context: ServerContext): FastifyInstance {
  const answerError = errorHandler(context.log);
  const app = fastify({
    logger: false,
    bodyLimit: MAX_BODY,
    keepAliveTimeout: KEEP_ALIVE,
    requestTimeout: 0,
    exposeHeadRoutes: false,
    frameworkErrors: (error, request, reply) => void answerError(error, request, reply),
    routerOptions: { maxParamLength: MAX_PARAMETER, ignoreTrailingSlash: true },
  });
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => done(null, body));
  app.setErrorHandler(answerError);
  app.setNotFoundHandler(pathNotFound);
  app.addHook('onRequest', async (request) => refuseBrowsers(request.headers));
  addHealth(app, context);
  addMetrics(app, context);
  addDiscovery(app, context.served);
  for (const served of context.served) addResource(app, context, served);
  return app;
}

/** No web page has any business here, whatever address it got hold of. */
function refuseBrowsers(headers: Readonly<Record<string, unknown>>): void {
  if (headers['origin'] !== undefined || headers['sec-fetch-site'] !== undefined) {
    throw new ApiError('Forbidden', 'requests from web pages are refused');
  }
}
