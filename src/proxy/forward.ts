import http, { type ClientRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import { pipeline } from 'node:stream';
import type { Destination } from './decide.ts';
import { mayHaveBody, pairs, requestHeaders, responseHeaders } from './headers.ts';
import type { Upstreams } from './upstreams.ts';

export interface Exchange {
  request: IncomingMessage;
  response: ServerResponse;
  destination: Destination;
  upstreams: Upstreams;
  /** The upstream could not be asked, or gave no answer. Nothing has been sent to the client yet. */
  onFailure(error: Error): void;
}

/** Has the upstream answer a request, both bodies streamed. Whichever side goes takes the other along. */
export function forward(exchange: Exchange): void {
  // A kept connection may have been closed just now: only what can be asked again without harm is asked on such a one.
  const repeatable = !mayHaveBody(exchange.request) && /^(GET|HEAD|OPTIONS)$/.test(exchange.request.method ?? '');
  ask(exchange, repeatable ? 'pooled' : 'single');
}

function ask(exchange: Exchange, connection: 'pooled' | 'single'): void {
  const { request, response, destination, upstreams } = exchange;
  const outgoing = http.request({
    ...upstreams[connection](destination),
    method: request.method,
    path: destination.path,
    headers: requestHeaders(request),
    maxHeaderSize: MAX_HEADER_BYTES,
  });
  const abandon = (): void => {
    if (response.writableFinished && request.complete) return;
    outgoing.destroy();
    request.unpipe(outgoing).resume();
  };
  response.once('close', abandon);
  outgoing.on('error', (error) => {
    response.removeListener('close', abandon);
    if (response.headersSent || response.destroyed) return;
    if (outgoing.reusedSocket) ask(exchange, 'single');
    else exchange.onFailure(error);
  });
  outgoing.on('response', (incoming) => relay(incoming, exchange));
  passInformation(outgoing, request, response);
  sendBody(request, outgoing);
}

/** Room for the cookies that gather on development hosts. */
export const MAX_HEADER_BYTES = 65_536;

/** Passes the upstream's answer to the client as it comes. */
export function relay(incoming: IncomingMessage, exchange: Pick<Exchange, 'request' | 'response' | 'onFailure'>): void {
  const { request, response } = exchange;
  response.sendDate = false;
  try {
    const headers = responseHeaders(incoming, { trailers: isChunked(incoming, request) });
    response.writeHead(incoming.statusCode ?? 502, incoming.statusMessage, headers);
  } catch (error) {
    incoming.destroy();
    exchange.onFailure(error as Error);
    return;
  }
  // A stream of events has no body for a while: the client gets the head all the same.
  response.flushHeaders();
  incoming.once('end', () => {
    if (incoming.rawTrailers.length > 0) response.addTrailers(pairs(incoming.rawTrailers));
  });
  pipeline(incoming, response, (error) => {
    if (error) response.destroy();
  });
}

function isChunked(incoming: IncomingMessage, request: IncomingMessage): boolean {
  const bodyless = request.method === 'HEAD' || incoming.statusCode === 204 || incoming.statusCode === 304;
  return !bodyless && request.httpVersion !== '1.0' && incoming.headers['content-length'] === undefined;
}

function sendBody(request: IncomingMessage, outgoing: ClientRequest): void {
  if (!mayHaveBody(request)) {
    outgoing.end();
    return;
  }
  outgoing.flushHeaders();
  request.once('end', () => {
    if (request.rawTrailers.length > 0) outgoing.addTrailers(pairs(request.rawTrailers));
  });
  request.pipe(outgoing);
}

/** Answers of the 1xx class. `100 Continue` is the upstream's to give, so that a refused upload is not sent at all. */
function passInformation(outgoing: ClientRequest, request: IncomingMessage, response: ServerResponse): void {
  if (request.httpVersion === '1.0') return;
  outgoing.on('continue', () => {
    if (!response.headersSent) response.writeContinue();
  });
  outgoing.on('information', ({ statusCode, headers }) => {
    if (response.headersSent) return;
    if (statusCode === 102) response.writeProcessing();
    if (statusCode === 103 && headers.link !== undefined) {
      response.writeEarlyHints(headers as Record<string, string | string[]>);
    }
  });
}
