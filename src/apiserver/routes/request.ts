import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Query } from '../rest/query.ts';
import { parseQuery } from '../rest/query.ts';

export type Handler = (request: FastifyRequest, reply: FastifyReply) => unknown;

/** What every handler takes from a request. */
export interface Incoming {
  /** Empty on collections. */
  name: string;
  /** Undefined where the path names none. */
  namespace: string | undefined;
  query: Query;
  accept: string | undefined;
  contentType: string | undefined;
  body: unknown;
}

export function incoming(request: FastifyRequest): Incoming {
  const { name = '', namespace } = request.params as { name?: string; namespace?: string };
  return {
    name,
    namespace,
    query: parseQuery(request.query),
    accept: request.headers.accept,
    contentType: request.headers['content-type'],
    body: request.body,
  };
}
