import type { Dispatcher } from 'undici';
import { Pool } from 'undici';
import type { Status } from '../api/meta.ts';
import { ApiError } from '../errors/api-error.ts';
import { connectionError } from './connection-error.ts';
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

type Body = Dispatcher.ResponseData['body'];

/** Milliseconds for the server to answer. */
const ANSWER_TIMEOUT = 60_000;
/** Streams are silent for as long as nothing happens. */
const UNLIMITED = 0;

/** Requests over a unix socket, on connections that are kept and used again. */
export function createTransport(socketPath: string): Transport {
  // Streams take a connection each for as long as they last, so their number is not limited.
  const pool = new Pool('http://localhost', { socketPath });

  async function request(path: string, options: RequestOptions, patience: number): Promise<Body> {
    const response = await pool.request({
      path,
      method: options.method ?? 'GET',
      headersTimeout: patience,
      bodyTimeout: patience,
      ...payload(options),
    });
    if (response.statusCode >= 400) throw refusal(response.statusCode, await response.body.text());
    return response.body;
  }

  return {
    async send(path, options = {}) {
      try {
        return await (await request(path, options, ANSWER_TIMEOUT)).text();
      } catch (error) {
        throw explained(error, socketPath, options.signal);
      }
    },
    async *lines(path, options) {
      try {
        yield* splitLines(await request(path, options, UNLIMITED));
      } catch (error) {
        if (options.signal.aborted) return;
        throw explained(error, socketPath);
      }
    },
    close: () => pool.destroy(),
  };
}

function payload({ body, contentType, accept, signal }: RequestOptions): {
  body?: string;
  headers: Record<string, string>;
  signal?: AbortSignal;
} {
  return {
    headers: {
      accept: accept ?? 'application/json',
      ...(body === undefined ? {} : { 'content-type': contentType ?? 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    ...(signal ? { signal } : {}),
  };
}

function refusal(code: number, text: string): ApiError {
  const status = parseStatus(text);
  return status
    ? ApiError.fromStatus(status)
    : new ApiError('InternalError', `the server answered ${code}: ${text.slice(0, 200)}`);
}

function parseStatus(text: string): Status | undefined {
  try {
    const value = JSON.parse(text) as Status | null;
    return value?.kind === 'Status' ? value : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function explained(error: unknown, socketPath: string, signal?: AbortSignal): unknown {
  if (error instanceof ApiError || signal?.aborted) return error;
  return connectionError(error, socketPath);
}
