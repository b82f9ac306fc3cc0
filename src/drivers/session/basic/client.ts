import { HolderGone, HolderRefusal, openConnection, request } from './connection.ts';
import type { Request } from './protocol.ts';

/** Talks to the session holder behind a socket. */
export interface HolderClient {
  isThere(): Promise<boolean>;
  /** @throws HolderRefusal, HolderGone */
  ask<T>(message: Request): Promise<T>;
  /** The same, and undefined when there is no holder. */
  askIfThere<T>(message: Request): Promise<T | undefined>;
  /** What comes after the reply, until the connection ends or the signal comes. `onReply` is called before. @throws as ask() */
  stream<T>(message: Request, signal: AbortSignal, onReply?: () => void): AsyncGenerator<T>;
}

/** @param onContact called whenever the holder has answered */
export function createHolderClient(socketPath: string, onContact: () => void): HolderClient {
  const client: HolderClient = {
    async isThere() {
      try {
        (await openConnection(socketPath)).socket.destroy();
        onContact();
        return true;
      } catch (error) {
        if (error instanceof HolderGone) return false;
        throw error;
      }
    },
    async ask<T>(message: Request) {
      const connection = await openConnection(socketPath);
      try {
        return await request<T>(connection, message);
      } finally {
        connection.socket.destroy();
        onContact();
      }
    },
    async askIfThere<T>(message: Request) {
      try {
        return await client.ask<T>(message);
      } catch (error) {
        if (isGone(error)) return undefined;
        throw error;
      }
    },
    async *stream<T>(message: Request, signal: AbortSignal, onReply?: () => void) {
      if (signal.aborted) return;
      const connection = await openConnection(socketPath);
      const { socket, messages } = connection;
      const stop = (): void => void socket.destroy();
      signal.addEventListener('abort', stop, { once: true });
      try {
        await request(connection, message);
        socket.setTimeout(0);
        onReply?.();
        yield* untilEnd(messages as AsyncGenerator<T>);
      } catch (error) {
        if (!signal.aborted) throw error;
      } finally {
        signal.removeEventListener('abort', stop);
        socket.destroy();
      }
    },
  };
  return client;
}

/** Whether there is no holder, or one that is about to end and has no sessions any more. */
export function isGone(error: unknown): boolean {
  return error instanceof HolderGone || (error instanceof HolderRefusal && error.code === 'Ending');
}

/** However the connection ends. */
async function* untilEnd<T>(messages: AsyncGenerator<T>): AsyncGenerator<T> {
  for (;;) {
    let next: IteratorResult<T>;
    try {
      next = await messages.next();
    } catch (error) {
      if (error instanceof SyntaxError) throw error;
      return;
    }
    if (next.done) return;
    yield next.value;
  }
}
