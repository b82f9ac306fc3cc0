import type { Duplex } from 'node:stream';
import { HEADER, writeHeader, writeUint32 } from './wire.ts';

/** Bytes that are gathered before they are written even though the turn of the event loop is not over. */
const FULL = 131_072;
const CAPACITY = FULL + 131_072;
/** Bytes that may wait for the other side before the streams are told to hold back. */
const HIGH_WATER = 1_048_576;

/**
 * Gathers the frames of one turn of the event loop, those of all streams, and writes them at once: one system call for many requests.
 * What is given is copied, so that buffers can be used again by their owners.
 */
export class Outbox {
  readonly #socket: Duplex;
  #batch: Buffer = Buffer.allocUnsafeSlow(CAPACITY);
  #used = 0;
  #scheduled = false;
  #spare: Buffer | undefined;
  readonly #flush = (): void => {
    this.#scheduled = false;
    this.flush();
  };

  constructor(socket: Duplex) {
    this.#socket = socket;
  }

  /** Whether more is waiting to be read by the other side than is good. */
  get isFull(): boolean {
    return this.#socket.writableLength > HIGH_WATER;
  }

  /** A frame with a payload of at most MAX_DATA bytes, or without. */
  frame(type: number, stream: number, payload?: { from: Buffer; start: number; end: number }): void {
    const length = payload ? payload.end - payload.start : 0;
    writeHeader(this.#room(length), this.#used, { type, stream, length });
    payload?.from.copy(this.#batch, this.#used + HEADER, payload.start, payload.end);
    this.#used += HEADER + length;
    this.#schedule();
  }

  /** A frame whose payload is a number of four bytes. */
  number(type: number, stream: number, value: number): void {
    writeHeader(this.#room(4), this.#used, { type, stream, length: 4 });
    writeUint32(this.#batch, this.#used + HEADER, value);
    this.#used += HEADER + 4;
    this.#schedule();
  }

  /** Writes what was gathered so far. */
  flush(): void {
    if (this.#used === 0 || this.#socket.destroyed) return;
    const batch = this.#batch;
    const bytes = batch.subarray(0, this.#used);
    this.#used = 0;
    // Whether it is this very write that has to wait: the same memory may be written more than once in a turn.
    let isTaken = false;
    this.#socket.write(bytes, () => {
      if (isTaken) this.#spare = batch;
    });
    // Not yet handed to the system: the memory is taken until then.
    if (this.#socket.writableLength > 0) {
      isTaken = true;
      this.#batch = this.#spare ?? Buffer.allocUnsafeSlow(CAPACITY);
      this.#spare = undefined;
    }
  }

  #room(length: number): Buffer {
    if (this.#used + HEADER + length > CAPACITY) this.flush();
    return this.#batch;
  }

  #schedule(): void {
    if (this.#used >= FULL) this.flush();
    else if (!this.#scheduled) {
      this.#scheduled = true;
      setImmediate(this.#flush);
    }
  }
}
