import type net from 'node:net';
import type { MuxStream, StreamCause, StreamOwner } from '../guest/mux/stream.ts';
import type { AccessEntry } from './access-log.ts';
import { isUndecided, namesStranger } from './rebinding.ts';
import type { PortTraffic } from './traffic.ts';
import type { Channel, Upstream } from './upstreams.ts';

/** Bytes, and pieces, of a head that are waited for to see whom a request names. */
const MAX_HEAD = 131_072;
const MAX_PIECES = 64;

const REFUSAL = 'This address is for programs of this machine: a page that was loaded under another name is refused.\n';

export type Passed = Pick<AccessEntry, 'bytesIn' | 'bytesOut' | 'note'>;

export interface TcpOptions {
  /** Inside. */
  port: number;
  traffic: PortTraffic;
  /** Called once, with what has passed. */
  onOver(passed: Passed): void;
}

/** A plain connection: bytes both ways, and each side's end by itself. */
export class TcpConnection implements StreamOwner {
  readonly #socket: net.Socket;
  readonly #upstream: Upstream;
  readonly #traffic: PortTraffic;
  readonly #onOver: (passed: Passed) => void;
  readonly #bytes: Passed = { bytesIn: 0, bytesOut: 0 };
  #pieces = 0;
  /** What came first, as long as it may be the head of a request from a page that has no business here. */
  #first: Buffer | undefined = Buffer.alloc(0);
  #pending = 0;
  #isOver = false;
  readonly #keep = (): void => this.#upstream.keepMemory();

  constructor(socket: net.Socket, channel: Channel, { port, traffic, onOver }: TcpOptions) {
    this.#socket = socket;
    this.#traffic = traffic;
    this.#onOver = onOver;
    traffic.open += 1;
    traffic.connections += 1;
    this.#upstream = channel.take(port, false);
    this.#upstream.user = this;
    socket.on('data', (bytes: Buffer) => this.#onSent(bytes));
    socket.on('end', () => this.#onSentAll());
    socket.on('drain', () => {
      this.#stream.took(this.#pending);
      this.#pending = 0;
    });
    socket.on('close', () => this.#close());
  }

  get #stream(): MuxStream {
    return this.#upstream.stream;
  }

  onData(bytes: Buffer, start: number, end: number): void {
    this.#traffic.bytesOut += end - start;
    this.#bytes.bytesOut += end - start;
    const isWaiting = this.#socket.writableLength > 0;
    // Behind what has to wait, so will this: a copy, since the memory that it is in may be many times larger.
    const piece = isWaiting ? Buffer.from(bytes.subarray(start, end)) : bytes.subarray(start, end);
    const takesMore = this.#socket.write(piece);
    if (!isWaiting && this.#socket.writableLength > 0) this.#keep();
    if (takesMore) this.#stream.took(end - start);
    else this.#pending += end - start;
  }

  onEnd(): void {
    this.#socket.end();
  }

  onDrain(): void {
    this.#socket.resume();
  }

  onClose(cause: StreamCause | undefined): void {
    if (cause === undefined) return;
    this.#traffic.errors += 1;
    // As if the service had answered itself: refused and broken off look the same to who is connected already.
    this.#socket.resetAndDestroy();
  }

  #onSent(bytes: Buffer): void {
    if (this.#isOver) return;
    if (this.#first) this.#examine(Buffer.concat([this.#first, bytes]));
    else this.#forward(bytes);
  }

  /**
   * A page from elsewhere can have its own name lead to this address and then read what a service answers (DNS rebinding). The name that it
   * asks for gives it away, in the first head of its connection.
   */
  #examine(first: Buffer): void {
    this.#pieces += 1;
    const isUnknown = isUndecided(first);
    const isTooLong = first.length > MAX_HEAD || this.#pieces > MAX_PIECES;
    if (namesStranger(first) || (isUnknown && isTooLong)) this.#refuse();
    else if (isUnknown) this.#first = first;
    else {
      this.#first = undefined;
      this.#forward(first);
    }
  }

  #refuse(): void {
    const head = `HTTP/1.1 404 Not Found\r\nContent-Type: text/plain\r\nContent-Length: ${REFUSAL.length}`;
    this.#bytes.note = 'refused: a page from elsewhere';
    this.#close();
    this.#socket.end(`${head}\r\nConnection: close\r\n\r\n${REFUSAL}`, () => this.#socket.destroy());
  }

  #forward(bytes: Buffer): void {
    this.#traffic.bytesIn += bytes.length;
    this.#bytes.bytesIn += bytes.length;
    if (!this.#stream.write(bytes, 0, bytes.length)) this.#socket.pause();
  }

  #onSentAll(): void {
    if (this.#first && this.#first.length > 0) this.#forward(this.#first);
    this.#first = undefined;
    this.#stream.end();
  }

  #close(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#traffic.open -= 1;
    this.#onOver(this.#bytes);
    if (!this.#stream.isOver) this.#upstream.discard();
  }
}
