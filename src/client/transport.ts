import type { IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import type { Status } from '../api/meta.ts';
import { ApiError } from '../errors/api-error.ts';
import { connectionError } from './connection-error.ts';
import type { Request } from './connections.ts';
import { createConnections } from './connections.ts';
import { splitLines } from './lines.ts';

export interface RequestOptions {
  method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  body?: unknown;
  contentType?: string;
  accept?: string;
  signal?: AbortSignal;
}

export interface Transport {
  /** The whole answer. @throws ApiError, ConnectionError; the signal's reason when it aborts */
  send(path: string, options?: RequestOptions): Promise<string>;
  /** The answer's lines as they come; ends when the signal aborts. @throws ApiError, ConnectionError */
  lines(path: string, options: RequestOptions & { signal: AbortSignal }): AsyncGenerator<string>;
  close(): Promise<void>;
}

/** Milliseconds for the server to answer. */
const ANSWER_TIMEOUT = 60_000;
/** Streams are silent for as long as nothing happens. */
const UNLIMITED = 0;

/** Requests over a unix socket; `answerTimeout` in milliseconds of silence, which streams do not have. */
export function createTransport(socketPath: string, answerTimeout = ANSWER_TIMEOUT): Transport {
  const connections = createConnections(socketPath);

  async function request(path: string, options: RequestOptions, timeout: number): Promise<IncomingMessage> {
    const answer = await connections.send({ path, timeout, ...written(options) });
    const code = answer.statusCode ?? 0;
    if (code >= 400) throw refusal(code, await text(answer));
    return answer;
  }

  function explained(error: unknown, signal?: AbortSignal): unknown {
    if (error instanceof ApiError) return error;
    if (signal?.aborted) return signal.reason;
    return connectionError(connections.isClosed() ? closedError(error) : error, socketPath);
  }

  return {
    async send(path, options = {}) {
      try {
        return await text(await request(path, options, answerTimeout));
      } catch (error) {
        throw explained(error, options.signal);
      }
    },
    async *lines(path, options) {
      try {
        yield* splitLines(await request(path, options, UNLIMITED));
      } catch (error) {
        if (options.signal.aborted) return;
        throw explained(error);
      }
    },
    async close() {
      connections.close();
    },
  };
}

function written(options: RequestOptions): Omit<Request, 'path' | 'timeout'> {
  const { method = 'GET', accept = 'application/json', contentType = 'application/json', signal } = options;
  const common = { method, ...(signal && { signal }) };
  if (options.body === undefined) return { ...common, headers: { accept } };
  const body = JSON.stringify(options.body);
  const length = String(Buffer.byteLength(body));
  return { ...common, body, headers: { accept, 'content-type': contentType, 'content-length': length } };
}

function refusal(code: number, answer: string): ApiError {
  const status = parseStatus(answer);
  return status
    ? ApiError.fromStatus(status)
    : new ApiError('InternalError', `the server answered ${code}: ${answer.slice(0, 200)}`);
}

function parseStatus(answer: string): Status | undefined {
  try {
    const value = JSON.parse(answer) as Status | null;
    return value?.kind === 'Status' ? value : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function closedError(cause: unknown): Error {
  return Object.assign(new Error('the client was closed', { cause }), { code: 'ECANCELED' });
}
