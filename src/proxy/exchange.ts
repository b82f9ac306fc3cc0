import type { StreamCause, StreamOwner } from '../guest/mux/stream.ts';
import type { Destination } from './decide.ts';
import { bodyOf, NO_BODY, type Body, type OnData } from './http/body.ts';
import { HeadError } from './http/framing.ts';
import { HeadCollector } from './http/head-collector.ts';
import type { RequestHead } from './http/request-head.ts';
import { readResponseHead, type ResponseHead } from './http/response-head.ts';
import { lastResponseHead } from './http/response-writer.ts';
import type { PortTraffic } from './traffic.ts';
import type { Channel, Upstream } from './upstreams.ts';

/** The client's side of an exchange. */
export interface ExchangeClient {
  /** Sends bytes to the client. @returns whether it can take more; `keep` is called when the memory is still needed afterwards */
  send(bytes: Buffer, keep: () => void): boolean;
  /** Has the client wait with what it sends, or hands over what it has sent meanwhile. */
  hold(held: boolean): void;
  /** No more is sent to the client. */
  end(): void;
  /** Cuts the client off in a way that it notices: what it got is not whole. */
  cutOff(): void;
  /** Whether the connection has to end after this answer. */
  readonly isClosing: boolean;
}

/** Who is told how it ends. Comes once. */
export interface ExchangeOutcome {
  /** The answer is complete. `persists`: the client may ask again on this connection. */
  onDone(persists: boolean): void;
  /** The workspace could not be asked, or gave no answer. Nothing has been sent to the client. */
  onFailure(failure: Failure): void;
}

export type Failure =
  /** The client's body is not framed as it has to be. */
  | { kind: 'bad-body' }
  /** There is no answer. */
  | { kind: 'no-answer'; cause: string }
  /** What answers speaks no HTTP. */
  | { kind: 'no-http'; cause: string };

export interface ExchangeRequest {
  head: RequestHead;
  destination: Destination;
  /** The head as the workspace gets it; made anew at each call, in memory that is used again. */
  write(): Buffer;
  traffic: PortTraffic;
}

/** Methods whose requests may be sent again without harm when it is not known what became of the first. */
const REPEATABLE = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * One request and its answer. Both are passed on as they come, and only followed so far as to know where they end; after an upgrade not even
 * that. Whichever side goes takes the other along.
 */
export class Exchange implements StreamOwner {
  readonly #client: ExchangeClient;
  readonly #outcome: ExchangeOutcome;
  readonly #request: ExchangeRequest;
  readonly #channel: Channel;
  readonly #requestBody: Body;
  readonly #collector = new HeadCollector();
  readonly #keep = (): void => this.#upstream.keepMemory();
  #upstream: Upstream;
  #response: ResponseHead | undefined;
  #responseBody = NO_BODY;
  /** Whether the connection ends after the answer. */
  #isLast = false;
  /** Whether the framing of chunks is taken off, for a client that does not know it. */
  #isUnchunked = false;
  /** Whether anything of the answer has gone to the client. */
  #isAnswered = false;
  #isRaw = false;
  #isOver = false;
  /** Whether the service has asked for the body that waits for that. */
  #isContinued = false;
  #clientEnded = false;
  /** Whether the client has to take what it was sent before more may come. */
  #isFull = false;
  /** Bytes that have come meanwhile. */
  #pending = 0;
  /** Bytes of the request's body, and of the answer, so far. */
  bytesIn = 0;
  bytesOut = 0;

  constructor(
    { client, outcome }: { client: ExchangeClient; outcome: ExchangeOutcome },
    request: ExchangeRequest,
    channel: Channel,
  ) {
    this.#client = client;
    this.#outcome = outcome;
    this.#request = request;
    this.#channel = channel;
    this.#requestBody = bodyOf(request.head.framing, request.head.length);
    request.traffic.open += 1;
    this.#upstream = this.#ask(this.#isRepeatable());
  }

  /** Of the answer, once its head has come. */
  get status(): number | undefined {
    return this.#response?.status;
  }

  /** Takes what belongs to this request of what the client sent. @returns where that ends */
  fromClient(bytes: Buffer, start: number, end: number): number {
    if (this.#isRaw) return this.#forward(bytes, start, end);
    if (this.#requestBody.isDone || this.#isOver) return start;
    const until = this.#requestBody.follow(bytes, start, end);
    if (until < 0) {
      this.#fail({ kind: 'bad-body' });
      return end;
    }
    this.#forward(bytes, start, until);
    if (this.#requestBody.isDone && this.#responseIsDone()) this.#finish();
    return until;
  }

  /** The client sends no more; the service learns of it by the same. */
  clientEnded(): void {
    if (this.#clientEnded || this.#isOver) return;
    this.#clientEnded = true;
    if (!this.#isRaw && !this.#requestBody.isDone) this.#cutOff();
    else this.#upstream.stream.end();
  }

  clientDrained(): void {
    this.#isFull = false;
    this.#upstream.stream.took(this.#pending);
    this.#pending = 0;
  }

  /** The client is gone. */
  abandon(): void {
    if (!this.#isOver) this.#close(false);
  }

  onData(bytes: Buffer, start: number, end: number): void {
    let piece: Piece | undefined = pieceOf(bytes, start, start, end);
    while (piece && !this.#isOver) piece = this.#take(piece);
  }

  onEnd(): void {
    if (this.#isRaw) this.#client.end();
    else if (this.#response?.framing === 'close') this.#finish();
    else this.onClose(undefined);
  }

  onDrain(): void {
    this.#client.hold(false);
  }

  onClose(cause: StreamCause | undefined): void {
    if (this.#isOver) return;
    if (this.#isRaw && cause === undefined) this.#finish();
    else if (!this.#isRaw && this.#responseIsDone()) this.#finish();
    else if (this.#isAnswered) this.#cutOff();
    else if (this.#mayAskAgain()) this.#askAgain();
    else this.#fail({ kind: 'no-answer', cause: explain(cause, this.#request.destination.port) });
  }

  #ask(reuse: boolean): Upstream {
    const upstream = this.#channel.take(this.#request.destination.port, reuse);
    upstream.user = this;
    const head = this.#request.write();
    this.#request.traffic.bytesIn += head.length;
    upstream.stream.write(head, 0, head.length);
    return upstream;
  }

  #askAgain(): void {
    this.#upstream.discard();
    this.#upstream = this.#ask(false);
  }

  /** A kept stream may have been closed just now: only what can be asked again is asked on such a one. */
  #isRepeatable(): boolean {
    const { framing, method, upgrade } = this.#request.head;
    return framing === 'none' && upgrade === undefined && REPEATABLE.has(method);
  }

  #mayAskAgain(): boolean {
    return this.#upstream.isReused && !this.#collector.isPartial && !this.#clientEnded && this.#channel.isOpen;
  }

  /** From the client to the service. */
  #forward(bytes: Buffer, start: number, end: number): number {
    this.bytesIn += end - start;
    this.#request.traffic.bytesIn += end - start;
    if (end > start && !this.#upstream.stream.write(bytes, start, end)) this.#client.hold(true);
    return end;
  }

  /** From the service to the client. `taken`: for how many bytes of the stream that stands. */
  #deliver(bytes: Buffer, taken = bytes.length): void {
    this.#isAnswered = true;
    this.bytesOut += bytes.length;
    this.#request.traffic.bytesOut += bytes.length;
    if (bytes.length > 0 && !this.#client.send(bytes, this.#keep)) this.#isFull = true;
    this.#account(taken);
  }

  #deliverData(): OnData {
    return (bytes, start, end) => this.#deliver(bytes.subarray(start, end), 0);
  }

  #account(taken: number): void {
    if (this.#isFull) this.#pending += taken;
    else this.#upstream.stream.took(taken);
  }

  /** Takes the next part of what the service sent. @returns what is left of it */
  #take(piece: Piece): Piece | undefined {
    if (this.#isRaw) this.#deliver(rangeOf(piece, piece.end));
    else if (!this.#response) return this.#takeHead(piece);
    else if (this.#responseBody.isDone) this.#finish(true);
    else return this.#takeBody(piece);
    return undefined;
  }

  #takeHead({ bytes, start, end }: Piece): Piece | undefined {
    const collected = this.#collector.take(bytes, start, end);
    if (collected === 'partial') return undefined;
    if (collected === 'too-large') return this.#refuse('it has a head that is too large');
    try {
      const { head } = this.#request;
      const response = readResponseHead(collected, head);
      return this.#takeResponse(response, pieceOf(collected.bytes, collected.start, response.end, collected.end));
    } catch (error) {
      if (error instanceof HeadError) return this.#refuse(`it has ${error.message}`);
      throw error;
    }
  }

  #takeResponse(response: ResponseHead, piece: Piece): Piece | undefined {
    if (response.status === 101) return this.#switch(response, piece);
    if (response.status < 200) return this.#inform(response, piece);
    return this.#begin(response, piece);
  }

  /** An answer before the answer, as in `100 Continue`. */
  #inform(response: ResponseHead, piece: Piece): Piece | undefined {
    if (response.status === 100) this.#isContinued = true;
    if (this.#request.head.version === '1.1') this.#deliver(rangeOf(piece, response.end));
    else this.#account(response.end - piece.start);
    return piece.end > response.end ? pieceOf(piece.bytes, response.end, response.end, piece.end) : undefined;
  }

  #switch(response: ResponseHead, piece: Piece): undefined {
    if (this.#request.head.upgrade === undefined) return this.#refuse('it switches protocols unasked');
    this.#response = response;
    this.#isRaw = true;
    this.#request.traffic.requests[1] += 1;
    this.#deliver(rangeOf(piece, piece.end));
    this.#client.hold(false);
    return undefined;
  }

  #begin(response: ResponseHead, piece: Piece): Piece | undefined {
    const { head, traffic } = this.#request;
    this.#response = response;
    traffic.requests[classOf(response.status)] += 1;
    const unchunked = response.framing === 'chunked' && head.version === '1.0';
    this.#responseBody = bodyOf(response.framing, response.length, unchunked ? this.#deliverData() : undefined);
    // After an upgrade that was ignored, what the client says next may be another protocol's.
    const isInDoubt = response.framing === 'close' || head.upgrade !== undefined || unchunked || this.#isRefused();
    if (!head.isLast && !this.#client.isClosing && !isInDoubt) return this.#takeBody(piece);
    this.#isLast = true;
    this.#isUnchunked = unchunked;
    this.#deliver(lastResponseHead(piece.bytes, response, { unchunked }), response.end - response.start);
    return this.#takeBody(pieceOf(piece.bytes, response.end, response.end, piece.end));
  }

  /** Head and body in one go, where they came so. */
  #takeBody(piece: Piece): Piece | undefined {
    const until = this.#responseBody.follow(piece.bytes, piece.bodyStart, piece.end);
    if (until < 0) {
      this.#cutOff();
      return undefined;
    }
    if (this.#isUnchunked) this.#account(until - piece.start);
    else this.#deliver(rangeOf(piece, until));
    if (this.#responseBody.isDone) this.#afterResponse(until < piece.end);
    return undefined;
  }

  #afterResponse(isMore: boolean): void {
    const isRefused = this.#isRefused();
    // A body that nobody wanted may come or not: what follows could not be told from it.
    if (isMore || this.#requestBody.isDone || isRefused) this.#finish(isMore || isRefused);
  }

  /** Whether the body that waits to be asked for has not been. */
  #isRefused(): boolean {
    const isWaiting = this.#request.head.expectsContinue && !this.#isContinued && this.bytesIn === 0;
    return isWaiting && !this.#requestBody.isDone;
  }

  #responseIsDone(): boolean {
    return this.#response !== undefined && this.#responseBody.isDone;
  }

  /** The answer is no HTTP. */
  #refuse(what: string): undefined {
    if (this.#isAnswered) this.#cutOff();
    else this.#fail({ kind: 'no-http', cause: what });
    return undefined;
  }

  #fail(failure: Failure): void {
    // Whoever has gone does not read why.
    if (this.#isAnswered || this.#clientEnded) {
      this.#cutOff();
      return;
    }
    if (failure.kind !== 'bad-body') this.#request.traffic.requests[0] += 1;
    this.#countError(failure.kind !== 'bad-body');
    this.#close(false);
    this.#outcome.onFailure(failure);
  }

  /** What the client got is not whole, and it must see that. */
  #cutOff(): void {
    this.#countError(!this.#clientEnded);
    this.#close(false);
    this.#client.cutOff();
  }

  #countError(counts: boolean): void {
    if (counts) this.#request.traffic.errors += 1;
  }

  /** @param inDoubt whether it is not certain what comes next on either connection */
  #finish(inDoubt = false): void {
    const isWhole = this.#requestBody.isDone && !inDoubt && !this.#isRaw;
    this.#close(isWhole && this.#response!.persists && !this.#clientEnded);
    this.#outcome.onDone(isWhole && this.#response!.persists && !this.#isLast);
  }

  #close(reusable: boolean): void {
    this.#isOver = true;
    this.#request.traffic.open -= 1;
    if (!reusable) {
      this.#upstream.discard();
      return;
    }
    this.#upstream.stream.took(this.#pending);
    this.#upstream.release(Date.now());
  }
}

/** Bytes from `start` to `end`, of which those before `bodyStart` are the head that the body follows. */
interface Piece {
  bytes: Buffer;
  start: number;
  bodyStart: number;
  end: number;
}

function pieceOf(bytes: Buffer, start: number, bodyStart: number, end: number): Piece {
  return { bytes, start, bodyStart, end };
}

function rangeOf({ bytes, start }: Piece, end: number): Buffer {
  return bytes.subarray(start, end);
}

type StatusClass = 1 | 2 | 3 | 4 | 5;

/** Statuses beyond 599 are nobody's; they count as the service's fault. */
function classOf(status: number): StatusClass {
  return Math.min(5, Math.floor(status / 100)) as StatusClass;
}

function explain(cause: StreamCause | undefined, port: number): string {
  if (cause === 'refused') return `Nothing answers on port ${port} in the machine.`;
  if (cause === 'lost') return 'The machine does not answer.';
  return `What listens on port ${port} has closed the connection without an answer.`;
}
