/**
 * The wire format of a channel: many byte streams over one connection, each to a port inside. A frame is one byte of type, three of payload
 * length and four of stream number (big-endian), then the payload. Only the host opens streams; it may send data right away.
 */
export const FRAME = {
  /** To the guest; the payload is the port, two bytes. */
  open: 1,
  /** To the host: nothing answers there. The stream is over. */
  refused: 2,
  data: 3,
  /** No more data in this direction. */
  end: 4,
  /** The stream is over at once, both ways. */
  reset: 5,
  /** That many bytes were taken, four bytes; as many more may be sent. */
  window: 6,
} as const;

export const HEADER = 8;
/** Bytes of one data frame, at most. */
export const MAX_DATA = 65_536;
/** Bytes of a stream that may be under way in one direction without having been taken at the other end. */
export const WINDOW = 262_144;
/** Once this much was taken, the sender hears of it. */
export const REPORT = WINDOW / 4;

/** What a connection to the guest is upgraded to. */
export const MUX_UPGRADE = 'dual-mux';

/** The other side does not keep to the protocol; the channel must end. */
export class ChannelError extends Error {
  override readonly name = 'ChannelError';
}

export function writeHeader(target: Buffer, at: number, frame: { type: number; stream: number; length: number }): void {
  const { type, stream, length } = frame;
  target[at] = type;
  target[at + 1] = (length >>> 16) & 0xff;
  target[at + 2] = (length >>> 8) & 0xff;
  target[at + 3] = length & 0xff;
  writeUint32(target, at + 4, stream);
}

export function writeUint32(target: Buffer, at: number, value: number): void {
  target[at] = value >>> 24;
  target[at + 1] = (value >>> 16) & 0xff;
  target[at + 2] = (value >>> 8) & 0xff;
  target[at + 3] = value & 0xff;
}
