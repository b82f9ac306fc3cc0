import { ChannelError, FRAME, HEADER, MAX_DATA } from './wire.ts';

export interface FrameHandlers {
  /** A piece of a data frame: `bytes` from `start` to `end`. The memory is the caller's again after the call. */
  onData(stream: number, bytes: Buffer, start: number, end: number): void;
  /** Any other frame, with what its payload says: a port, a number of bytes, or 0. */
  onFrame(type: number, stream: number, value: number): void;
}

const PAYLOADS: Record<number, number> = {
  [FRAME.open]: 2,
  [FRAME.refused]: 0,
  [FRAME.end]: 0,
  [FRAME.reset]: 0,
  [FRAME.window]: 4,
};
const LONGEST = HEADER + 4;

/** Takes what arrives in pieces of any size. Data is passed on as it comes, whole or not; nothing of it is kept. */
export class FrameReader {
  readonly #handlers: FrameHandlers;
  /** A header, with a short payload, that came in pieces. */
  readonly #partial = Buffer.alloc(LONGEST);
  #have = 0;
  /** What is left of the data frame that is being read. */
  #left = 0;
  #stream = 0;

  constructor(handlers: FrameHandlers) {
    this.#handlers = handlers;
  }

  /** @throws ChannelError for types that do not exist and lengths out of bounds */
  read(bytes: Buffer, end: number): void {
    let at = 0;
    while (at < end) {
      if (this.#left > 0) at = this.#passData(bytes, at, end);
      else if (this.#have === 0 && end - at >= LONGEST) at = this.#take(bytes, at);
      else at = this.#gather(bytes, at, end);
    }
  }

  #passData(bytes: Buffer, at: number, end: number): number {
    const until = Math.min(end, at + this.#left);
    this.#left -= until - at;
    this.#handlers.onData(this.#stream, bytes, at, until);
    return until;
  }

  /** At least as many bytes as the longest of the short frames are there. @returns where what it took ends */
  #take(bytes: Buffer, at: number): number {
    const type = bytes[at]!;
    const length = (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!;
    const stream = readUint32(bytes, at + 4);
    if (type === FRAME.data) {
      if (length === 0 || length > MAX_DATA) throw new ChannelError(`a data frame of ${length} bytes is out of bounds`);
      this.#stream = stream;
      this.#left = length;
      return at + HEADER;
    }
    if (PAYLOADS[type] !== length) throw new ChannelError(`unexpected frame of type ${type} with ${length} bytes`);
    this.#handlers.onFrame(type, stream, readValue(bytes, at + HEADER, length));
    return at + HEADER + length;
  }

  /** Byte by byte, until header and short payload are complete. */
  #gather(bytes: Buffer, at: number, end: number): number {
    while (at < end) {
      this.#partial[this.#have] = bytes[at]!;
      this.#have += 1;
      at += 1;
      if (this.#have < HEADER) continue;
      const type = this.#partial[0]!;
      if (this.#have < HEADER + (PAYLOADS[type] ?? 0)) continue;
      this.#have = 0;
      this.#take(this.#partial, 0);
      return at;
    }
    return at;
  }
}

function readValue(bytes: Buffer, at: number, length: number): number {
  if (length === 4) return readUint32(bytes, at);
  return length === 2 ? (bytes[at]! << 8) | bytes[at + 1]! : 0;
}

function readUint32(bytes: Buffer, at: number): number {
  return bytes[at]! * 0x1000000 + ((bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!);
}
