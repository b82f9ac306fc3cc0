import http, { type IncomingMessage } from 'node:http';
import { createInterface } from 'node:readline';
import { addAbortSignal } from 'node:stream';
import { text } from 'node:stream/consumers';
import { splitLines } from '../client/lines.ts';
import type { AccessEntry } from './access-log.ts';
import { PROTOCOL, type ProxyHello, type Published, type RouteList, type WatchMessage } from './protocol.ts';
import { fitting } from './control-schemas.ts';
import type { Description, Route } from './routes.ts';

/** Talks to the proxy behind a control socket. Every call throws when nothing answers, or not as it should. */
export interface ControlClient {
  /** @returns undefined when nothing listens there */
  hello(): Promise<ProxyHello | undefined>;
  workspaces(): Promise<string[]>;
  publish(route: Route): Promise<Published>;
  /** Messages that are longer than the proxy takes lose their beginning. */
  describe(workspace: string, description: Description): Promise<void>;
  withdraw(workspace: string): Promise<void>;
  shutdown(): Promise<void>;
  /** Settles once the proxy has begun to report. `onEnd` is called once, when it no longer does. */
  watch(handlers: WatchHandlers): Promise<() => void>;
  /** What has passed through, in the text format of Prometheus. */
  metrics(): Promise<string>;
  /** Every request from now on, of that workspace or of all, until the signal aborts or the proxy goes. No faster than they are taken. */
  access(workspace: string | undefined, signal: AbortSignal): AsyncIterable<AccessEntry>;
  close(): void;
}

interface WatchHandlers {
  onMessage(message: WatchMessage): void;
  onEnd(): void;
}

/** Milliseconds for an answer; ports are tried meanwhile, and their holders looked for. */
const TIMEOUT_MS = 10_000;
const NOBODY = ['ENOENT', 'ECONNREFUSED', 'ECONNRESET', 'EPIPE'];

export function createControlClient(socketPath: string): ControlClient {
  const agent = new http.Agent({ keepAlive: true });
  const open = (method: string, path: string, body?: unknown): Promise<IncomingMessage> =>
    new Promise((resolve, reject) => {
      const request = http.request({ socketPath, agent, method, path, timeout: TIMEOUT_MS });
      request.once('timeout', () => request.destroy(new Error(`${socketPath} does not answer`)));
      request.once('error', reject);
      request.once('response', (response) => {
        request.removeListener('error', reject);
        request.on('error', (error) => response.destroy(error));
        resolve(response);
      });
      if (body !== undefined) request.setHeader('Content-Type', 'application/json');
      request.end(body === undefined ? undefined : JSON.stringify(body));
    });
  const openWell = async (method: string, path: string, body?: unknown): Promise<IncomingMessage> => {
    const response = await open(method, path, body);
    if ((response.statusCode ?? 500) < 300) return response;
    throw new Error(`${method} ${path}: ${response.statusCode} ${await text(response)}`);
  };
  const ask = async (method: string, path: string, body?: unknown): Promise<unknown> => {
    const answer = await text(await openWell(method, path, body));
    return answer === '' ? undefined : JSON.parse(answer);
  };
  const at = (workspace: string): string => `/v1/routes/${encodeURIComponent(workspace)}`;

  return {
    async hello() {
      try {
        return asHello(await ask('GET', '/v1'), socketPath);
      } catch (error) {
        if (NOBODY.includes((error as NodeJS.ErrnoException).code ?? '')) return undefined;
        throw error;
      }
    },
    workspaces: async () => ((await ask('GET', '/v1/routes')) as RouteList).workspaces,
    publish: async (route) => (await ask('PUT', at(route.workspace), route)) as Published,
    describe: async (workspace, description) =>
      void (await ask('PUT', `${at(workspace)}/description`, fitting(description))),
    withdraw: async (workspace) => void (await ask('DELETE', at(workspace))),
    shutdown: async () => void (await ask('POST', '/v1/shutdown')),
    async watch({ onMessage, onEnd }) {
      const response = await open('GET', '/v1/watch');
      response.socket.setTimeout(0);
      const lines = createInterface({ input: response, crlfDelay: Infinity });
      lines.on('line', (line) => onMessage(JSON.parse(line) as WatchMessage));
      // Its death shows as an error, which the reader of lines passes on, and then as the end.
      lines.on('error', () => response.destroy());
      response.once('close', onEnd);
      return () => response.destroy();
    },
    metrics: async () => text(await openWell('GET', '/v1/metrics')),
    async *access(workspace, signal) {
      const query = workspace === undefined ? '' : `?workspace=${encodeURIComponent(workspace)}`;
      const response = addAbortSignal(signal, await openWell('GET', `/v1/access${query}`));
      response.socket.setTimeout(0);
      try {
        for await (const line of splitLines(response)) yield JSON.parse(line) as AccessEntry;
      } catch (error) {
        if (!signal.aborted && !NOBODY.includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
      }
    },
    close: () => agent.destroy(),
  };
}

function asHello(answer: unknown, socketPath: string): ProxyHello {
  const hello = answer as Partial<ProxyHello> | undefined;
  if (hello?.dual === 'proxy' && Array.isArray(hello.protocols) && Array.isArray(hello.listen))
    return hello as ProxyHello;
  throw new Error(`what answers at ${socketPath} is not Dual's proxy`);
}

/** Whether a running proxy can be used as it is. */
export function isUsable(hello: ProxyHello, wanted: { version: string; listen: string[] }): boolean {
  const [oldest, newest] = hello.protocols;
  const speaks = oldest <= PROTOCOL && PROTOCOL <= newest;
  return speaks && hello.version === wanted.version && hello.listen.join() === wanted.listen.join();
}
