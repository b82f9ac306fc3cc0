import type { IncomingMessage } from 'node:http';

/** Counts how often a request has come through: a second time is a loop. Private, since `Via` makes servers behave differently. */
const HOPS = 'Dual-Hops';

const HOP_BY_HOP = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'proxy-authenticate',
  'proxy-authorization',
  'te',
  'upgrade',
]);

/** What `Connection` may not take away, since it says whom the message is for and where it ends. */
const FRAMING = new Set(['host', 'content-length', 'transfer-encoding', 'expect', 'trailer']);

type Pair = [name: string, value: string];

/** Name and value of each header, as they came. */
export function pairs(raw: readonly string[]): Pair[] {
  const result: Pair[] = [];
  for (let i = 0; i + 1 < raw.length; i += 2) result.push([raw[i] ?? '', raw[i + 1] ?? '']);
  return result;
}

/** Headers for the upstream, as a flat list: those of the client less what concerns this connection only, plus X-Forwarded-*. */
export function requestHeaders(request: IncomingMessage): string[] {
  const dropped = connectionHeaders(request.headers.connection);
  const kept = pairs(request.rawHeaders).filter(([name]) => !dropped(name) && !isForwarding(name));
  if (/\btrailers\b/i.test(String(request.headers.te ?? ''))) kept.push(['TE', 'trailers']);
  // Node would make a chunked body of the empty one.
  if (lacksLength(request)) kept.push(['Content-Length', '0']);
  return [...kept, ...forwarded(request)].flat();
}

/** As requestHeaders(), for a request that wants another protocol. */
export function upgradeHeaders(request: IncomingMessage): string[] {
  return [...requestHeaders(request), 'Connection', 'Upgrade', 'Upgrade', request.headers.upgrade ?? ''];
}

/** Headers for the client, as a flat list. Node frames the body anew, so that Transfer-Encoding is left to it. */
export function responseHeaders(response: IncomingMessage, options: { trailers: boolean }): string[] {
  const dropped = connectionHeaders(response.headers.connection);
  const kept = pairs(response.rawHeaders).filter(([name]) => {
    const lower = name.toLowerCase();
    if (lower === 'trailer') return options.trailers;
    return lower !== 'transfer-encoding' && !dropped(name);
  });
  return kept.flat();
}

/** Whether a body may follow the head. */
export function mayHaveBody(request: IncomingMessage): boolean {
  const length = request.headers['content-length'];
  return request.headers['transfer-encoding'] !== undefined || (length !== undefined && length !== '0');
}

function lacksLength({ headers, method }: IncomingMessage): boolean {
  if (headers['content-length'] !== undefined || headers['transfer-encoding'] !== undefined) return false;
  return !['GET', 'HEAD', 'OPTIONS', 'DELETE', 'TRACE'].includes(method ?? '');
}

/** How often the request has been here. Anything but a number is somebody else's, and counts for nothing. */
export function hopsOf(request: IncomingMessage): number {
  const value = request.headers[HOPS.toLowerCase()];
  return typeof value === 'string' && /^\d{1,3}$/.test(value) ? Number(value) : 0;
}

export function connectionTokens(connection: string | undefined): string[] {
  return (connection ?? '')
    .split(',')
    .map((token) => token.trim().toLowerCase())
    .filter(Boolean);
}

function connectionHeaders(connection: string | undefined): (name: string) => boolean {
  const named = new Set(connectionTokens(connection).filter((token) => !FRAMING.has(token)));
  return (name) => HOP_BY_HOP.has(name.toLowerCase()) || named.has(name.toLowerCase());
}

function isForwarding(name: string): boolean {
  const lower = name.toLowerCase();
  return lower.startsWith('x-forwarded-') || lower === 'forwarded' || lower === HOPS.toLowerCase();
}

function forwarded(request: IncomingMessage): Pair[] {
  return [
    ['X-Forwarded-For', (request.socket.remoteAddress ?? '').replace(/^::ffff:/, '')],
    ['X-Forwarded-Host', request.headers.host ?? ''],
    ['X-Forwarded-Proto', 'http'],
    [HOPS, String(hopsOf(request) + 1)],
  ];
}
