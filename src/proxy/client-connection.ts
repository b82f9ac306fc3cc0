import type { Duplex } from 'node:stream';
import type { Destination, Owner } from './decide.ts';
import { Exchange, type ExchangeClient, type Failure } from './exchange.ts';
import type { FrontContext } from './front-context.ts';
import { HeadError } from './http/framing.ts';
import { HeadCollector, type CollectedHead } from './http/head-collector.ts';
import { readRequestHead } from './http/request-head.ts';
import { RequestWriter, type Client } from './http/request-writer.ts';
import { badRequestPage, deadPortPage, notRunningPage, timeoutPage, tooLargePage, type Page } from './pages.ts';
import { followProgress } from './progress.ts';
import { ReceivedRequest, renderRefusal } from './received-request.ts';
import type { Route } from './routes.ts';
import type { Channel } from './upstreams.ts';

/** What a handshake of TLS begins with: the type of its record. */
const TLS_HANDSHAKE = 0x16;
const CR = 0x0d;
const LF = 0x0a;

/** A connection that was accepted. */
export interface Accepted {
  /** What is read and written; over TLS not the connection itself. */
  socket: Duplex;
  client: Client;
  port: number;
  /** The workspace that the process at the other end belongs to. */
  findOwner(): Promise<string | undefined>;
  /** Takes the connection over, which begins with a handshake of TLS. Left out where that was done. */
  startTls?(first: Buffer): void;
}

/** Bytes from `start` to `end`. */
interface Piece {
  bytes: Buffer;
  start: number;
  end: number;
}

/**
 * One connection of a client: its requests one after the other, each by its own Host. What comes while one is being answered waits, and the
 * client with it.
 */
export class ClientConnection implements ExchangeClient {
  readonly #accepted: Accepted;
  readonly #socket: Duplex;
  readonly #context: FrontContext;
  readonly #writer: RequestWriter;
  readonly #collector = new HeadCollector();
  readonly #handlers: [string, (bytes: Buffer) => void][] = [
    ['data', (bytes) => this.#onData(bytes)],
    ['end', () => this.#onEnd()],
    ['drain', () => this.#onDrain()],
    ['error', () => this.#socket.destroy()],
    ['close', () => this.#onClose()],
  ];
  #exchange: Exchange | undefined;
  #stopProgress: (() => void) | undefined;
  /** Being answered, or answered last. */
  #request: ReceivedRequest | undefined;
  #owner: Owner;
  /** Something has to be found out before the request can be answered. */
  #isWaiting = false;
  #held: Piece | undefined;
  #hasBegun = false;
  #clientEnded = false;
  #isLingering = false;
  #isLast = false;
  /** Milliseconds since the epoch, by which something has to come. */
  #deadline: number;

  constructor(accepted: Accepted, context: FrontContext) {
    this.#accepted = accepted;
    this.#socket = accepted.socket;
    this.#context = context;
    this.#writer = new RequestWriter(accepted.client);
    this.#deadline = Date.now() + context.patience.head;
    context.connections.add(this);
    for (const [event, handler] of this.#handlers) this.#socket.on(event, handler);
  }

  get isClosing(): boolean {
    return this.#isLast || this.#clientEnded;
  }

  /** Ends it as soon as it is idle. */
  close(): void {
    this.#isLast = true;
    if (!this.#isBusy() && !this.#held && !this.#collector.isPartial) this.#socket.destroy();
  }

  destroy(): void {
    this.#socket.destroy();
  }

  /** Cuts off a client that lets itself be waited for. */
  sweep(now: number): void {
    if (now < this.#deadline) return;
    if (this.#collector.isPartial && !this.#isLingering) this.#refuse(timeoutPage());
    else this.#socket.destroy();
  }

  send(bytes: Buffer, keep: () => void): boolean {
    if (this.#socket.destroyed) return true;
    const takesMore = this.#socket.write(bytes);
    // Not handed to the system yet: the memory is needed until then.
    if (this.#socket.writableLength > 0) keep();
    return takesMore;
  }

  hold(held: boolean): void {
    if (held) this.#socket.pause();
    else this.#goOn();
  }

  end(): void {
    this.#socket.end();
  }

  onDone(persists: boolean): void {
    this.#logExchange();
    this.#exchange = undefined;
    if (persists) this.#next();
    else this.#finish();
  }

  onFailure(failure: Failure): void {
    const { destination } = this.#request!;
    this.#exchange = undefined;
    if (failure.status === 502 && destination) this.#answer(this.#deadPort(destination, failure.cause));
    else this.#answer(badRequestPage('The body of the request is not framed as it has to be.'), { isLast: true });
  }

  #onData(bytes: Buffer): void {
    if (this.#isLingering) return;
    const isFirst = !this.#hasBegun;
    this.#hasBegun = true;
    if (isFirst && bytes[0] === TLS_HANDSHAKE && this.#accepted.startTls) this.#handOver(bytes);
    else this.#give({ bytes, start: 0, end: bytes.length });
  }

  #handOver(first: Buffer): void {
    for (const [event, handler] of this.#handlers) this.#socket.off(event, handler);
    this.#context.connections.delete(this);
    this.#socket.pause();
    this.#accepted.startTls!(first);
  }

  #onDrain(): void {
    if (this.#exchange) this.#exchange.clientDrained();
    else if (!this.#isBusy()) this.#goOn();
  }

  #onEnd(): void {
    this.#clientEnded = true;
    if (this.#isLingering) this.#socket.destroy();
    else if (this.#exchange) this.#passEnd();
    else if (this.#stopProgress || !this.#isBusy()) this.#socket.end();
  }

  /** After what was sent before it. */
  #passEnd(): void {
    if (this.#clientEnded && !this.#held) this.#exchange?.clientEnded();
  }

  #onClose(): void {
    this.#context.connections.delete(this);
    this.#stopProgress?.();
    if (!this.#exchange) return;
    this.#exchange.abandon();
    this.#logExchange('cut off');
    this.#exchange = undefined;
  }

  #logExchange(note?: string): void {
    const { status, bytesIn, bytesOut } = this.#exchange!;
    const optional = { ...(status !== undefined && { status }), ...(note !== undefined && { note }) };
    this.#request!.log(this.#context.access, { ...optional, bytesIn, bytesOut });
  }

  /** To the exchange that goes on, then to those that follow. What has to wait is held back. */
  #give(piece: Piece): void {
    let rest: Piece | undefined = piece;
    if (this.#exchange) rest = this.#giveToExchange(piece);
    while (rest && !this.#isBusy()) rest = this.#readRequest(rest);
    if (rest) this.#holdBack(rest);
  }

  #giveToExchange({ bytes, start, end }: Piece): Piece | undefined {
    const until = this.#exchange!.fromClient(bytes, start, end);
    return until < end ? { bytes, start: until, end } : undefined;
  }

  #holdBack(piece: Piece): void {
    if (this.#isLingering) return;
    const { bytes, start, end } = piece;
    const held = this.#held;
    if (held) {
      const all = Buffer.concat([held.bytes.subarray(held.start, held.end), bytes.subarray(start, end)]);
      this.#held = { bytes: all, start: 0, end: all.length };
    } else this.#held = piece;
    this.#socket.pause();
  }

  /** With what was held back, then with what the client sends. */
  #goOn(): void {
    const piece = this.#held;
    this.#held = undefined;
    if (piece) this.#give(piece);
    if (this.#held) return;
    this.#socket.resume();
    if (this.#exchange) this.#passEnd();
    else if (this.#clientEnded && !this.#isBusy()) this.#socket.end();
  }

  #isBusy(): boolean {
    const isAnswering = this.#exchange !== undefined || this.#stopProgress !== undefined || this.#isWaiting;
    return isAnswering || this.#isLingering || Boolean(this.#socket.writableNeedDrain);
  }

  /** @returns what comes after the request, as far as it is there */
  #readRequest({ bytes, start: from, end }: Piece): Piece | undefined {
    const wasPartial = this.#collector.isPartial;
    const start = wasPartial ? from : pastEmptyLines(bytes, from, end);
    if (start === end) return undefined;
    const collected = this.#collector.take(bytes, start, end);
    if (collected === 'partial') {
      if (!wasPartial) this.#deadline = Date.now() + this.#context.patience.head;
      return undefined;
    }
    this.#deadline = Infinity;
    if (collected === 'too-large') this.#refuse(tooLargePage());
    else this.#readHead(collected);
    return this.#restOf(collected);
  }

  #restOf(collected: CollectedHead | 'too-large'): Piece | undefined {
    if (collected === 'too-large' || collected.headEnd === collected.end) return undefined;
    const { bytes, headEnd, end } = collected;
    const rest = { bytes, start: headEnd, end };
    return this.#exchange ? this.#giveToExchange(rest) : rest;
  }

  #readHead({ bytes, start, headEnd }: CollectedHead): void {
    try {
      const head = readRequestHead(bytes, start, headEnd);
      this.#request = new ReceivedRequest(head, bytes, this.#accepted);
    } catch (error) {
      if (!(error instanceof HeadError)) throw error;
      const { status } = error;
      this.#refuse({ ...badRequestPage(`The request has ${error.message}.`), status });
      return;
    }
    this.#serve(this.#request);
  }

  #serve(request: ReceivedRequest): void {
    const decision = this.#context.decide(request.head, this.#accepted.port, this.#owner);
    if (decision === 'whose') this.#findOwner(request);
    else if ('page' in decision) this.#answer(decision.page, { isLast: request.head.method === 'CONNECT' });
    else if ('absent' in decision) this.#tellOf(decision.absent, request);
    else {
      request.destination = decision.destination;
      this.#passOn(request, decision.target);
    }
  }

  #findOwner(request: ReceivedRequest): void {
    this.#isWaiting = true;
    void this.#accepted.findOwner().then((workspace) => {
      this.#isWaiting = false;
      this.#owner = { workspace };
      if (this.#socket.destroyed) return;
      this.#serve(request);
      this.#goOn();
    });
  }

  #passOn(request: ReceivedRequest, target: string): void {
    const channel = this.#context.upstreams.channel(request.destination!.endpoint);
    if (!('then' in channel)) {
      this.#startExchange(request, target, channel);
      return;
    }
    this.#isWaiting = true;
    channel
      .then(
        (opened) => this.#startLater(() => this.#startExchange(request, target, opened)),
        (error: Error) => this.#startLater(() => this.#answerUnreachable(request, error)),
      )
      .catch((error: unknown) => {
        this.#context.log.error({ err: error }, 'unexpected error');
        this.#socket.destroy();
      });
  }

  #startLater(start: () => void): void {
    this.#isWaiting = false;
    if (this.#socket.destroyed) return;
    start();
    this.#goOn();
  }

  #startExchange(request: ReceivedRequest, target: string, channel: Channel): void {
    const destination = request.destination!;
    const { head, bytes } = request;
    const traffic = this.#context.traffic.of(destination.workspace, destination.port);
    const write = (): Buffer => this.#writer.write(bytes, head, target);
    this.#exchange = new Exchange(this, { head, destination, write, traffic }, channel);
  }

  #answerUnreachable({ destination }: ReceivedRequest, error: Error): void {
    const { workspace, port } = destination!;
    this.#context.log.debug({ workspace, port, error: error.message }, 'no answer');
    const message = error.message.replace(/[.]?$/, '.');
    this.#context.traffic.of(workspace, port).errors += 1;
    this.#answer(this.#deadPort(destination!, message.charAt(0).toUpperCase() + message.slice(1)));
  }

  /** As the workspace is now: it may have stopped since the request came in. */
  #deadPort({ workspace, port, endpoint }: Destination, cause: string): Page {
    const { table } = this.#context;
    const route = table.get(workspace) ?? { workspace, endpoint, ports: [], awaited: [] };
    return deadPortPage(route, table.description(workspace), port, cause);
  }

  /** A page that says where the workspace stands; or, when that page asks, how it goes on. */
  #tellOf(route: Route, request: ReceivedRequest): void {
    const { table, clock } = this.#context;
    const { workspace } = route;
    const { port, client } = this.#accepted;
    const isWoken = !route.endpoint && request.mayWake();
    if (isWoken) this.#context.onRequest(workspace);
    const wanted = request.progress;
    if (wanted === undefined) {
      const description = table.description(workspace);
      const page = route.endpoint
        ? deadPortPage(route, description, port)
        : notRunningPage(route, description, port, isWoken);
      this.#answer(page);
      return;
    }
    const stop = followProgress({
      ...{ table, clock, workspace, port, wanted, secure: client.secure },
      write: (chunk) => void this.#socket.write(chunk),
      end: () => this.#endProgress(),
    });
    if (!this.#isLingering) this.#stopProgress = stop;
  }

  #endProgress(): void {
    this.#stopProgress = undefined;
    this.#finish();
  }

  #answer(page: Page, { isLast = false } = {}): void {
    const request = this.#request!;
    const keepAlive = request.leavesNothing && !isLast && !this.isClosing;
    const bytes = request.render(page, keepAlive);
    this.#socket.write(bytes);
    request.log(this.#context.access, {
      status: page.status,
      bytesIn: 0,
      bytesOut: bytes.length,
      note: page.title,
    });
    if (keepAlive) this.#deadline = Date.now() + this.#context.patience.idle;
    else this.#finish();
  }

  /** For what is no request. */
  #refuse(page: Page): void {
    this.#socket.write(renderRefusal(page, this.#accepted.client.secure));
    this.#finish();
  }

  #next(): void {
    if (this.isClosing && !this.#held) this.#finish();
    else {
      this.#deadline = Date.now() + this.#context.patience.idle;
      this.#goOn();
    }
  }

  /** Nothing more is said. What the client still sends is dropped until it is done, or has had its time. */
  #finish(): void {
    this.#isLingering = true;
    this.#held = undefined;
    this.#deadline = Date.now() + this.#context.patience.linger;
    this.#socket.end();
    this.#socket.resume();
    if (this.#clientEnded) this.#socket.once('finish', () => this.#socket.destroy());
  }
}

/** Some clients send one after a body (RFC 9112, 2.2). */
function pastEmptyLines(bytes: Buffer, start: number, end: number): number {
  let at = start;
  while (at + 1 < end && bytes[at] === CR && bytes[at + 1] === LF) at += 2;
  return at;
}
