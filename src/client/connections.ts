import http from 'node:http';
import { codeOf } from './connection-error.ts';

export interface Request {
  path: string;
  method: string;
  headers: Record<string, string>;
  body?: string;
  /** Milliseconds of silence after which it fails with ETIMEDOUT; 0 waits for ever. */
  timeout: number;
  signal?: AbortSignal;
}

export interface Connections {
  /** The answer once its head is there; its body is read no faster than it is taken. Rejects with the system's error. */
  send(request: Request): Promise<http.IncomingMessage>;
  /** Breaks off everything under way, and takes no more. */
  close(): void;
  isClosed(): boolean;
}

/** HTTP over a unix socket, on connections that are kept and used again. Their number is not limited. */
export function createConnections(socketPath: string): Connections {
  const agent = new http.Agent({ keepAlive: true });
  let closed = false;

  async function send(request: Request): Promise<http.IncomingMessage> {
    const attempt = begin({ ...request, socketPath, agent });
    try {
      return await attempt.answer;
    } catch (error) {
      // The server may close a connection that was idle just as it is used again. Only what changes nothing is sent twice.
      const isStale = attempt.isReused() && BROKEN.has(codeOf(error));
      if (!isStale || request.method !== 'GET' || closed || request.signal?.aborted) throw error;
      // A server that was started anew has closed all of them.
      for (const socket of Object.values(agent.freeSockets).flat()) socket?.destroy();
      return begin({ ...request, socketPath, agent }).answer;
    }
  }

  return {
    async send(request) {
      if (closed) throw new Error('the connections are closed');
      return send(request);
    },
    isClosed: () => closed,
    close() {
      closed = true;
      agent.destroy();
    },
  };
}

const BROKEN = new Set(['ECONNRESET', 'EPIPE']);

interface Attempt {
  answer: Promise<http.IncomingMessage>;
  /** Whether it went out on a connection that had been used before. */
  isReused(): boolean;
}

function begin({ body, timeout, ...options }: Request & { socketPath: string; agent: http.Agent }): Attempt {
  const request = http.request({ ...options, timeout });
  const answer = new Promise<http.IncomingMessage>((resolve, reject) => {
    request.on('response', resolve);
    // Stays for good: a connection that breaks later fails the request once more, beside its answer.
    request.on('error', reject);
    let response: http.IncomingMessage | undefined;
    request.on('response', (arrived) => (response = arrived));
    request.on('timeout', () => (response ?? request).destroy(timeoutError(timeout)));
  });
  request.end(body);
  return { answer, isReused: () => request.reusedSocket };
}

function timeoutError(timeout: number): Error {
  return Object.assign(new Error(`no answer within ${timeout / 1000} s`), { code: 'ETIMEDOUT' });
}
