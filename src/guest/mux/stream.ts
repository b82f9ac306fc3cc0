import type { Outbox } from './outbox.ts';
import { ChannelError, FRAME, MAX_DATA, REPORT, WINDOW } from './wire.ts';

/** What the owner of a stream is told. */
export interface StreamOwner {
  /** Bytes have come, from `start` to `end`; the memory is not the owner's after the call. `took` says when there is room for more. */
  onData(bytes: Buffer, start: number, end: number): void;
  /** The other side sends no more. */
  onEnd(): void;
  /** More can be written, after write() gave false. */
  onDrain(): void;
  /** The stream is over: undefined = both sides have ended it. Comes once, last. */
  onClose(cause: StreamCause | undefined): void;
}

/** Why a stream was cut off: nothing listens on the port; the other side broke it off; the channel is gone. */
export type StreamCause = 'refused' | 'reset' | 'lost';

/** One of the byte streams of a channel. Half-open: each direction ends by itself. */
export class MuxStream {
  readonly id: number;
  owner: StreamOwner | undefined;
  readonly #outbox: Outbox;
  readonly #onOver: (stream: MuxStream) => void;
  /** Bytes that may still be sent. */
  #room = WINDOW;
  /** Bytes that have come and were not yet reported as taken. */
  #held = 0;
  #taken = 0;
  /** What did not fit; the owner holds back until it has gone. */
  #backlog: Buffer | undefined;
  #blocked = false;
  #ending = false;
  #sentEnd = false;
  #gotEnd = false;
  #closed = false;

  constructor(id: number, outbox: Outbox, onOver: (stream: MuxStream) => void) {
    this.id = id;
    this.#outbox = outbox;
    this.#onOver = onOver;
  }

  get isOver(): boolean {
    return this.#closed;
  }

  /** Sends bytes, which are copied. @returns false when the owner is to wait for onDrain */
  write(bytes: Buffer, start: number, end: number): boolean {
    if (this.#closed || this.#ending) return true;
    if (this.#backlog) {
      this.#backlog = Buffer.concat([this.#backlog, bytes.subarray(start, end)]);
      return false;
    }
    const sent = this.#send(bytes, start, end);
    if (sent < end) this.#backlog = Buffer.from(bytes.subarray(sent, end));
    this.#blocked = this.#backlog !== undefined || this.#outbox.isFull;
    return !this.#blocked;
  }

  /** Ends this direction, after what was written. */
  end(): void {
    if (this.#closed || this.#ending) return;
    this.#ending = true;
    if (!this.#backlog) this.#sendEnd();
  }

  /** Breaks it off. The owner is not told. */
  reset(): void {
    if (this.#closed) return;
    this.owner = undefined;
    this.#outbox.frame(FRAME.reset, this.id);
    this.close('reset');
  }

  /** The owner has done with that many of the bytes that came. */
  took(bytes: number): void {
    this.#taken += bytes;
    if (this.#taken < REPORT || this.#closed || this.#gotEnd) return;
    this.#outbox.number(FRAME.window, this.id, this.#taken);
    this.#held -= this.#taken;
    this.#taken = 0;
  }

  /** @throws ChannelError when more comes than may */
  receive(bytes: Buffer, start: number, end: number): void {
    this.#held += end - start;
    if (this.#gotEnd || this.#held > WINDOW) throw new ChannelError(`stream ${this.id} does not keep to its window`);
    this.owner?.onData(bytes, start, end);
  }

  receiveEnd(): void {
    if (this.#gotEnd) return;
    this.#gotEnd = true;
    this.owner?.onEnd();
    this.#closeIfOver();
  }

  /** @throws ChannelError when more is granted than was sent */
  receiveWindow(bytes: number): void {
    this.#room += bytes;
    if (this.#room > WINDOW) throw new ChannelError(`stream ${this.id} is granted more than its window`);
    this.resume();
  }

  /** Goes on where there was no room, if there is some now. */
  resume(): void {
    if (this.#closed || !this.#blocked || this.#outbox.isFull) return;
    const rest = this.#backlog;
    if (rest) {
      const sent = this.#send(rest, 0, rest.length);
      this.#backlog = sent < rest.length ? rest.subarray(sent) : undefined;
      if (this.#backlog) return;
    }
    this.#blocked = false;
    if (this.#ending) this.#sendEnd();
    else this.owner?.onDrain();
  }

  close(cause: StreamCause | undefined): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#backlog = undefined;
    this.#onOver(this);
    const { owner } = this;
    this.owner = undefined;
    owner?.onClose(cause);
  }

  #send(bytes: Buffer, start: number, end: number): number {
    let at = start;
    while (at < end && this.#room > 0) {
      const until = Math.min(end, at + Math.min(this.#room, MAX_DATA));
      this.#outbox.frame(FRAME.data, this.id, { from: bytes, start: at, end: until });
      this.#room -= until - at;
      at = until;
    }
    return at;
  }

  #sendEnd(): void {
    if (this.#sentEnd) return;
    this.#sentEnd = true;
    this.#outbox.frame(FRAME.end, this.id);
    this.#closeIfOver();
  }

  #closeIfOver(): void {
    if (this.#sentEnd && this.#gotEnd) this.close(undefined);
  }
}
