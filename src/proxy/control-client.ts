import http, { type IncomingMessage } from 'node:http';
import { createInterface } from 'node:readline';
import { PROTOCOL, type ProxyHello, type Published, type RouteList, type WatchMessage } from './protocol.ts';
import type { Route } from './routes.ts';

/** Talks to the proxy behind a control socket. Every call throws when nothing answers, or not as it should. */
export interface ControlClient {
  /** @returns undefined when nothing listens there */
  hello(): Promise<ProxyHello | undefined>;
  workspaces(): Promise<string[]>;
  publish(route: Route): Promise<Published>;
  withdraw(workspace: string): Promise<void>;
  shutdown(): Promise<void>;
  /** Settles once the proxy has begun to report. `onEnd` is called once, when it no longer does. */
  watch(handlers: WatchHandlers): Promise<() => void>;
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
  const ask = async (method: string, path: string, body?: unknown): Promise<unknown> => {
    const response = await open(method, path, body);
    const text = await readText(response);
    if ((response.statusCode ?? 500) >= 300) throw new Error(`${method} ${path}: ${response.statusCode} ${text}`);
    return text === '' ? undefined : JSON.parse(text);
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
    close: () => agent.destroy(),
  };
}

async function readText(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
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
