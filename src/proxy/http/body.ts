import { CR, isValueByte, LF } from './characters.ts';
import type { Framing } from './framing.ts';

/** Bytes of the lines that say how long chunks are, one at a time, and of all trailers. */
const MAX_LINE = 1_024;
const MAX_TRAILERS = 65_536;

/** Where a body that is passed on as it is comes to its end. */
export interface Body {
  /** Whether the end has been seen. */
  readonly isDone: boolean;
  /**
   * Follows the body through the bytes from `start` to `end`. @returns where it goes on or, once done, what is not part of it any more;
   * -1 when it breaks the rules
   */
  follow(bytes: Buffer, start: number, end: number): number;
}

export const NO_BODY: Body = { isDone: true, follow: (_bytes, start) => start };

const UNTIL_CLOSED: Body = { isDone: false, follow: (_bytes, _start, end) => end };

/** Is told which bytes are data rather than framing. */
export type OnData = (bytes: Buffer, start: number, end: number) => void;

export function bodyOf(framing: Framing, length: number, onData?: OnData): Body {
  if (framing === 'length') return new LengthBody(length);
  if (framing === 'chunked') return new ChunkedBody(onData);
  return framing === 'close' ? UNTIL_CLOSED : NO_BODY;
}

class LengthBody implements Body {
  #left: number;
  constructor(length: number) {
    this.#left = length;
  }
  get isDone(): boolean {
    return this.#left === 0;
  }
  follow(_bytes: Buffer, start: number, end: number): number {
    const until = Math.min(end, start + this.#left);
    this.#left -= until - start;
    return until;
  }
}

type State =
  | 'size'
  | 'extension'
  | 'size-lf'
  | 'data'
  | 'data-cr'
  | 'data-lf'
  | 'line'
  | 'trailer'
  | 'trailer-lf'
  | 'end-lf'
  | 'done';

/** Strictly by RFC 9112, 7.1: what another reader might take for another end is refused. */
class ChunkedBody implements Body {
  #state: State = 'size';
  #digits = 0;
  #size = 0;
  /** Bytes of the line that is being read, or of all trailers. */
  #length = 0;
  readonly #onData: OnData | undefined;

  constructor(onData: OnData | undefined) {
    this.#onData = onData;
  }

  get isDone(): boolean {
    return this.#state === 'done';
  }

  follow(bytes: Buffer, start: number, end: number): number {
    let at = start;
    while (at < end && this.#state !== 'done') {
      if (this.#state === 'data') at = this.#skipData(bytes, at, end);
      else if (this.#step(bytes, at)) at += 1;
      else return -1;
    }
    return at;
  }

  #skipData(bytes: Buffer, at: number, end: number): number {
    const until = Math.min(end, at + this.#size);
    this.#onData?.(bytes, at, until);
    this.#size -= until - at;
    if (this.#size === 0) this.#state = 'data-cr';
    return until;
  }

  /** @returns whether the byte may stand there */
  #step(bytes: Buffer, at: number): boolean {
    const byte = bytes[at]!;
    switch (this.#state) {
      case 'size':
        return this.#inSize(byte);
      case 'extension':
        return this.#inLine(byte, { limit: MAX_LINE, next: 'size-lf' });
      case 'line':
        if (byte === CR) return this.#become('end-lf');
        this.#become('trailer');
        return this.#inLine(byte, { limit: MAX_TRAILERS, next: 'trailer-lf' });
      case 'trailer':
        return this.#inLine(byte, { limit: MAX_TRAILERS, next: 'trailer-lf' });
      case 'data-cr':
        return byte === CR && this.#become('data-lf');
      default:
        return byte === LF && this.#endLine();
    }
  }

  /** After the line feed that the state waits for. */
  #endLine(): boolean {
    switch (this.#state) {
      case 'size-lf':
        this.#length = 0;
        return this.#become(this.#size === 0 ? 'line' : 'data');
      case 'data-lf':
        this.#digits = 0;
        return this.#become('size');
      case 'trailer-lf':
        return this.#become('line');
      default:
        return this.#become('done');
    }
  }

  #inSize(byte: number): boolean {
    const digit = hexDigit(byte);
    if (digit >= 0) {
      this.#digits += 1;
      this.#size = this.#size * 16 + digit;
      return this.#digits <= 8;
    }
    this.#length = 0;
    if (this.#digits === 0) return false;
    if (byte === CR) return this.#become('size-lf');
    return byte === 0x3b && this.#become('extension');
  }

  #inLine(byte: number, { limit, next }: { limit: number; next: State }): boolean {
    this.#length += 1;
    if (this.#length > limit) return false;
    return byte === CR ? this.#become(next) : isValueByte(byte);
  }

  #become(state: State): boolean {
    this.#state = state;
    return true;
  }
}

function hexDigit(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const lower = byte | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1;
}
