import type { FastifyReply } from 'fastify';
import { notFound } from '../../store/refusals.ts';
import type { ServerContext } from '../context.ts';
import { flagOf, parseListQuery, parseWatchQuery } from '../rest/query.ts';
import type { WatchQuery } from '../rest/query.ts';
import type { Represent } from '../rest/represent.ts';
import { representation } from '../rest/represent.ts';
import type { Served } from '../served/served.ts';
import { watchEvents } from '../watch/events.ts';
import type { Handler, Incoming } from './request.ts';
import { incoming } from './request.ts';

export function getObject({ clock }: ServerContext, served: Served): Handler {
  return (request) => {
    const given = incoming(request);
    const represent = representation(served, given, clock.now);
    const object = served.source.get(given.name, given.namespace);
    if (!object) throw notFound(served.resource, given.name);
    return represent.object(object);
  };
}

export function listOrWatch(context: ServerContext, served: Served): Handler {
  return (request, reply) => {
    const given = incoming(request);
    const represent = representation(served, given, context.clock.now);
    if (flagOf(given.query, 'watch')) return watch(context, served, { given, represent, reply });
    return represent.list(served.source.list(withNamespace(parseListQuery(given.query, served), given)));
  };
}

interface WatchRequest {
  given: Incoming;
  represent: Represent;
  reply: FastifyReply;
}

async function watch(
  context: ServerContext,
  served: Served,
  { given, represent, reply }: WatchRequest,
): Promise<FastifyReply> {
  const { clock, streams } = context;
  const query = withNamespace(parseWatchQuery(given.query, served), given);
  const controller = streams.open(reply);
  const endTimer = clock.after((query.timeout ?? defaultTimeout()) * 1000, () => controller.abort());
  controller.signal.addEventListener('abort', endTimer);
  const events = watchEvents(served, query, { clock, signal: controller.signal });
  await streams.send(reply, { chunks: lines(events, represent), contentType: 'application/json' });
  return reply;
}

/** Half an hour to an hour, not all at once: `get -w` ends without a word when the server ends the watch. */
function defaultTimeout(): number {
  return 1800 * (1 + Math.random());
}

async function* lines(events: ReturnType<typeof watchEvents>, represent: Represent): AsyncGenerator<string> {
  for await (const { type, object } of events) {
    const isError = type === 'ERROR';
    const shown = isError ? object : represent.object(object as Parameters<Represent['object']>[0]);
    yield `${JSON.stringify({ type, object: shown })}\n`;
  }
}

/** A namespace in the path is one more thing to select by. */
function withNamespace<T extends { filter: WatchQuery['filter'] }>(query: T, { namespace }: Incoming): T {
  if (namespace === undefined) return query;
  const { filter } = query;
  return {
    ...query,
    filter: (object) => object.metadata.namespace === namespace && (filter?.(object) ?? true),
  };
}
