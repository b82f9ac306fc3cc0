import type { FastifyReply } from 'fastify';
import type { ServerResponse } from 'node:http';
import type { Clock } from '../clock/clock.ts';
import type { Log } from '../log/log.ts';

/** A client that takes nothing for so many milliseconds is given up. */
const STALL_TIMEOUT = 60_000;

/** Answers that go on until somebody ends them. */
export interface Streams {
  /** A signal for one answer: aborts when its client goes, or everything ends. */
  open(reply: FastifyReply): AbortController;
  /** Sends the chunks as fast as the client takes them. What they throw cuts the connection, since the answer has begun. */
  send(reply: FastifyReply, stream: { chunks: AsyncIterable<string>; contentType: string }): Promise<void>;
  /** Ends all of them, regularly. */
  endAll(): void;
}

export function createStreams(clock: Clock, log: Log): Streams {
  const open = new Set<AbortController>();
  return {
    open(reply) {
      const controller = new AbortController();
      open.add(controller);
      reply.raw.once('close', () => {
        open.delete(controller);
        controller.abort();
      });
      return controller;
    },
    async send(reply, { chunks, contentType }) {
      reply.hijack();
      reply.raw.writeHead(200, {
        'content-type': contentType,
        'cache-control': 'no-cache, private',
        connection: 'close',
      });
      reply.raw.flushHeaders();
      try {
        await pump(reply.raw, chunks, clock);
        reply.raw.end();
      } catch (error) {
        log.warn({ err: error }, 'a streamed answer failed');
        reply.raw.destroy();
      }
    },
    endAll() {
      for (const controller of open) controller.abort();
    },
  };
}

async function pump(response: ServerResponse, chunks: AsyncIterable<string>, clock: Clock): Promise<void> {
  for await (const chunk of chunks) {
    if (!response.write(chunk)) await drained(response, clock);
    if (response.destroyed) return;
  }
}

async function drained(response: ServerResponse, clock: Clock): Promise<void> {
  await new Promise<void>((resolve) => {
    const cancel = clock.after(STALL_TIMEOUT, () => response.destroy());
    const done = (): void => {
      cancel();
      response.off('drain', done);
      response.off('close', done);
      resolve();
    };
    response.once('drain', done);
    response.once('close', done);
  });
}
