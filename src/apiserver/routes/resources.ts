import type { FastifyInstance, RouteHandlerMethod } from 'fastify';
import { collectionPath } from '../../api/scheme.ts';
import type { ServerContext } from '../context.ts';
import type { Served } from '../served/served.ts';
import { methodNotAllowed } from './errors.ts';
import { getObject, listOrWatch } from './read.ts';
import type { Handler } from './request.ts';
import { getSubresource } from './subresources.ts';
import { createHandler, deleteHandler, patchHandler, replaceHandler } from './write.ts';

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
type Handlers = Partial<Record<Method, Handler>>;

const METHODS: readonly Method[] = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'];

/** The paths of one resource; a method that it does not have there is refused as such. */
export function addResource(app: FastifyInstance, context: ServerContext, served: Served): void {
  const { resource, admission } = served;
  const collection = collectionPath(resource, ':namespace');
  const read = { GET: listOrWatch(context, served) };
  if (resource.namespaced) addPath(app, collectionPath({ ...resource, namespaced: false }), read);
  addPath(app, collection, admission ? { ...read, POST: createHandler(context, served, admission) } : read);
  addPath(app, `${collection}/:name`, objectHandlers(context, served));
  if (admission && served.hasStatus) {
    addPath(app, `${collection}/:name/status`, {
      GET: getObject(context, served),
      PUT: replaceHandler(context, { served, admission, part: 'status' }),
      PATCH: patchHandler(context, { served, admission, part: 'status' }),
    });
  }
  for (const [name, handler] of served.subresources) {
    addPath(app, `${collection}/:name/${name}`, { GET: getSubresource(context, served, handler) });
  }
}

function objectHandlers(context: ServerContext, served: Served): Handlers {
  const read = { GET: getObject(context, served) };
  const { admission } = served;
  if (!admission) return read;
  return {
    ...read,
    PUT: replaceHandler(context, { served, admission, part: 'main' }),
    PATCH: patchHandler(context, { served, admission, part: 'main' }),
    DELETE: deleteHandler(context, served),
  };
}

function addPath(app: FastifyInstance, url: string, handlers: Handlers): void {
  for (const method of METHODS) {
    app.route({ method, url, handler: (handlers[method] ?? methodNotAllowed) as RouteHandlerMethod });
  }
}
