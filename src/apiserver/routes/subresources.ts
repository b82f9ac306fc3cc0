import type { FastifyReply } from 'fastify';
import { notFound } from '../../store/refusals.ts';
import type { ServerContext } from '../context.ts';
import type { Served, SubresourceHandler } from '../served/served.ts';
import type { Handler } from './request.ts';
import { incoming } from './request.ts';

const TEXT = 'text/plain; charset=utf-8';

/** Text of an object, as a whole or as it comes. */
export function getSubresource({ streams }: ServerContext, served: Served, handler: SubresourceHandler): Handler {
  return async (request, reply): Promise<FastifyReply> => {
    const { name, namespace, query } = incoming(request);
    const object = served.source.get(name, namespace);
    if (!object) throw notFound(served.resource, name);
    const { signal } = streams.open(reply);
    const answer = await handler({ object, query, signal });
    if (typeof answer === 'string') return reply.type(TEXT).send(answer);
    await streams.send(reply, { chunks: await begun(answer), contentType: TEXT });
    return reply;
  };
}

/** Waits for the first chunk, so that what is wrong from the start can still be answered as an error. */
async function begun(chunks: AsyncIterable<string>): Promise<AsyncIterable<string>> {
  const iterator = chunks[Symbol.asyncIterator]();
  const first = await iterator.next();
  return (async function* () {
    if (first.done) return;
    yield first.value;
    yield* { [Symbol.asyncIterator]: () => iterator };
  })();
}
