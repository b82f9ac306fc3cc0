import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { Answer, type AnswerClient } from './answer.ts';
import type { Owner } from './decide.ts';
import type { FrontContext } from './front-context.ts';
import { isLineEnd } from './http/characters.ts';
import { HeadError } from './http/framing.ts';
import { HeadCollector, type CollectedHead } from './http/head-collector.ts';
import { readRequestHead } from './http/request-head.ts';
import { RequestWriter, type Client } from './http/request-writer.ts';
import { badRequestPage, timeoutPage, tooLargePage, type Page } from './pages.ts';
import { ReceivedRequest, renderRefusal } from './received-request.ts';

/** What a handshake of TLS begins with: the type of its record. */
const TLS_HANDSHAKE = 0x16;

/** A connection that was accepted. */
export interface Accepted {
  /** What is read and written; over TLS not the connection itself. */
  socket: Socket;
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
 * One connection of a client: its requests one after the other. What comes while one is being answered waits, and the client with it.
 */
export class ClientConnection implements AnswerClient {
  readonly writer: RequestWriter;
  owner: Owner;
  readonly #accepted: Accepted;
  readonly #socket: Socket;
  readonly #context: FrontContext;
  readonly #collector = new HeadCollector();
  readonly #handlers: [string, (bytes: Buffer) => void][] = [
    ['data', (bytes) => this.#onData(bytes)],
    ['end', () => this.#onEnd()],
    ['drain', () => this.#onDrain()],
    ['error', () => this.#socket.destroy()],
    ['close', () => this.#onClose()],
  ];
  /** Being given. */
  #answer: Answer | undefined;
  #held: Piece | undefined;
  /** The answer takes no more of what the client sends for the moment. */
  #isHeldUp = false;
  #hasBegun = false;
  #clientEnded = false;
  #isLingering = false;
  #isLast = false;
  /** Milliseconds since the epoch, by which something has to come. */
  #deadline: number;
  /** Bytes that the system had not taken when the last look was had. */
  #unsent = 0;

  constructor(accepted: Accepted, context: FrontContext) {
    this.#accepted = accepted;
    this.#socket = accepted.socket;
    this.#context = context;
    this.writer = new RequestWriter(accepted.client);
    this.#deadline = Date.now() + context.patience.head;
    context.connections.add(this);
    for (const [event, handler] of this.#handlers) this.#socket.on(event, handler);
  }

  get client(): Client {
    return this.#accepted.client;
  }

  get port(): number {
    return this.#accepted.port;
  }

  get isClosing(): boolean {
    return this.#isLast || this.#clientEnded;
  }

  get isGone(): boolean {
    return this.#socket.destroyed;
  }

  findOwner(): Promise<string | undefined> {
    return this.#accepted.findOwner();
  }

  /** Ends it as soon as it is idle. */
  close(): void {
    this.#isLast = true;
    if (!this.#isBusy() && !this.#held && !this.#collector.isPartial) this.#socket.destroy();
  }

  destroy(): void {
    this.#socket.destroy();
  }

  /** Cuts off a client that lets itself be waited for, unless it is taking what it was sent. */
  sweep(now: number): void {
    const unsent = this.#socket.writableLength;
    if (unsent !== this.#unsent && this.#deadline !== Infinity) this.#deadline = now + this.#context.patience.idle;
    this.#unsent = unsent;
    if (now < this.#deadline) return;
    if (this.#collector.isPartial && !this.#isLingering) this.#refuse(timeoutPage());
    else this.#socket.destroy();
  }

  send(bytes: Buffer, keep: () => void): boolean {
    if (this.#socket.destroyed) return true;
    // Behind what has to wait, so will this: a copy, since the memory that it is in may be many times larger.
    if (this.#socket.writableLength > 0) return this.#socket.write(Buffer.from(bytes));
    const takesMore = this.#socket.write(bytes);
    // Not handed to the system: the memory is needed until then.
    if (this.#socket.writableLength > 0) keep();
    return takesMore;
  }

  write(bytes: Buffer, worth?: 'droppable'): void {
    if (worth === undefined || !this.#socket.writableNeedDrain) this.#socket.write(bytes);
  }

  hold(held: boolean): void {
    this.#isHeldUp = held;
    if (held) this.#socket.pause();
    else this.#goOn();
  }

  end(): void {
    this.#socket.end();
  }

  /**
   * By a reset, since an end would look like that of an answer; Node sends an end before it all the same, so that where an answer lasts until
   * the end it may look whole. Over TLS the end is not announced, which tells as much.
   */
  cutOff(): void {
    if (this.client.secure || this.#socket.destroyed) this.#socket.destroy();
    else this.#socket.resetAndDestroy();
  }

  onBegun(): void {
    this.#goOn();
  }

  onAnswered(persists: boolean): void {
    this.#answer = undefined;
    this.#isHeldUp = false;
    if (!persists || (this.isClosing && !this.#held)) {
      this.#finish();
      return;
    }
    this.#deadline = Date.now() + this.#context.patience.idle;
    this.#goOn();
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
    if (this.#answer) this.#answer.clientDrained();
    else if (!this.#isBusy()) this.#goOn();
  }

  #onEnd(): void {
    this.#clientEnded = true;
    if (this.#isLingering) this.#endIfSent();
    else if (this.#answer) this.#passEnd();
    else if (!this.#held) this.#socket.end();
  }

  /** After what was sent before it. */
  #passEnd(): void {
    if (this.#clientEnded && !this.#held) this.#answer?.clientEnded();
  }

  #onClose(): void {
    this.#context.connections.delete(this);
    this.#answer?.abandon();
    this.#answer = undefined;
  }

  /** To the answer that is being given, then to those that follow. What has to wait is held back. */
  #give(piece: Piece): void {
    let rest: Piece | undefined = piece;
    if (this.#answer) rest = this.#giveToAnswer(piece);
    while (rest && !this.#isBusy()) rest = this.#readRequest(rest);
    if (rest && !this.#isLingering) this.#holdBack(rest);
  }

  #giveToAnswer({ bytes, start, end }: Piece): Piece | undefined {
    const until = this.#answer!.fromClient(bytes, start, end);
    return until < end ? { bytes, start: until, end } : undefined;
  }

  #holdBack(piece: Piece): void {
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
    if (this.#socket.destroyed) return;
    const piece = this.#held;
    this.#held = undefined;
    if (piece) this.#give(piece);
    if (this.#held || this.#isHeldUp) return;
    this.#socket.resume();
    if (this.#answer) this.#passEnd();
    else if (this.#clientEnded && !this.#isBusy()) this.#socket.end();
  }

  #isBusy(): boolean {
    return this.#answer !== undefined || this.#isLingering || Boolean(this.#socket.writableNeedDrain);
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
    if (collected === 'too-large') return this.#refuse(tooLargePage());
    this.#begin(collected);
    const rest = { bytes: collected.bytes, start: collected.headEnd, end: collected.end };
    if (rest.start === rest.end) return undefined;
    return this.#answer ? this.#giveToAnswer(rest) : rest;
  }

  #begin({ bytes, start, headEnd }: CollectedHead): void {
    let request: ReceivedRequest;
    try {
      request = new ReceivedRequest(readRequestHead(bytes, start, headEnd), bytes, this.#accepted);
    } catch (error) {
      if (!(error instanceof HeadError)) throw error;
      const { status, message } = error;
      this.#refuse({
        ...badRequestPage(`The request has ${message}.`),
        status,
        title: STATUS_CODES[status] ?? 'Bad request',
      });
      return;
    }
    this.#answer = new Answer(this, request, this.#context);
    this.#answer.begin();
  }

  /** For what is no request. */
  #refuse(page: Page): undefined {
    this.#socket.write(renderRefusal(page, this.#accepted, this.#context.access));
    this.#finish();
    return undefined;
  }

  /** Nothing more is said. Once the client has that, what it still sends is dropped until it is done, or has had its time. */
  #finish(): void {
    this.#isLingering = true;
    this.#held = undefined;
    this.#deadline = Date.now() + this.#context.patience.idle;
    this.#socket.once('finish', () => {
      this.#deadline = Date.now() + this.#context.patience.linger;
      this.#endIfSent();
    });
    this.#socket.end();
    this.#socket.resume();
  }

  #endIfSent(): void {
    if (this.#clientEnded && this.#socket.writableFinished) this.#socket.destroy();
  }
}

/** Some clients send one after a body (RFC 9112, 2.2). */
function pastEmptyLines(bytes: Buffer, start: number, end: number): number {
  let at = start;
  while (at + 1 < end && isLineEnd(bytes, at)) at += 2;
  return at;
}
