/**
 * The wire format of a command's connection: one byte of type, four of length (big-endian), then the payload. Neither side ever
 * stops reading: each stream has a window (src/guest/flow.ts), so that a full stdin never holds up a signal.
 */
export type Frame =
  /** To the guest, once, first: an ExecRequest as JSON. */
  | { type: 'request'; json: Buffer }
  /** To the host, once, last: an ExecResult as JSON. */
  | { type: 'result'; json: Buffer }
  | { type: 'data'; stream: Stream; data: Buffer }
  /** Its source has no more. */
  | { type: 'end'; stream: Stream }
  /** Its target takes no more: whoever writes to it should be told, as by a broken pipe. */
  | { type: 'closed'; stream: Stream }
  /** That many bytes of it were taken; as many more may be sent. */
  | { type: 'window'; stream: Stream; bytes: number }
  | { type: 'resize'; rows: number; cols: number }
  /** By name, as in `SIGINT`. */
  | { type: 'signal'; signal: string };

export type Stream = 'stdin' | 'stdout' | 'stderr';

/** Bytes of one data frame, at most. */
export const MAX_DATA = 65_536;

/** The other side does not keep to the protocol; the connection must end. */
export class FrameError extends Error {
  override readonly name = 'FrameError';
}

const HEADER = 5;
const STREAMS: readonly Stream[] = ['stdin', 'stdout', 'stderr'];

interface Codec {
  code: number;
  /** Bytes of a payload, at least and at most. */
  size: [number, number];
}

const CODECS: Record<Frame['type'], Codec> = {
  request: { code: 1, size: [2, 4 * 1024 * 1024] },
  result: { code: 2, size: [2, 65_536] },
  data: { code: 3, size: [1, 1 + MAX_DATA] },
  end: { code: 4, size: [1, 1] },
  closed: { code: 5, size: [1, 1] },
  window: { code: 6, size: [5, 5] },
  resize: { code: 7, size: [4, 4] },
  signal: { code: 8, size: [4, 16] },
};

const TYPES = new Map(Object.entries(CODECS).map(([type, codec]) => [codec.code, type as Frame['type']]));

/** The frame as buffers to be written one after the other; data is not copied. */
export function encodeFrame(frame: Frame): Buffer[] {
  const payload = encodePayload(frame);
  const codec = CODECS[frame.type];
  const length = payload.reduce((sum, part) => sum + part.length, 0);
  if (length < codec.size[0] || length > codec.size[1]) {
    throw new FrameError(`a ${frame.type} frame of ${length} bytes cannot be sent`);
  }
  const header = Buffer.allocUnsafe(HEADER);
  header.writeUInt8(codec.code, 0);
  header.writeUInt32BE(length, 1);
  return [header, ...payload];
}

function encodePayload(frame: Frame): Buffer[] {
  switch (frame.type) {
    case 'request':
    case 'result':
      return [frame.json];
    case 'signal':
      return [Buffer.from(frame.signal, 'latin1')];
    case 'resize':
      return [integers(2, frame.rows, frame.cols)];
    case 'window':
      return [streamByte(frame.stream), integers(4, frame.bytes)];
    case 'data':
      return [streamByte(frame.stream), frame.data];
    default:
      return [streamByte(frame.stream)];
  }
}

function streamByte(stream: Stream): Buffer {
  return Buffer.of(STREAMS.indexOf(stream));
}

function integers(bytes: number, ...values: number[]): Buffer {
  const buffer = Buffer.allocUnsafe(bytes * values.length);
  values.forEach((value, index) => buffer.writeUIntBE(value, index * bytes, bytes));
  return buffer;
}

/**
 * Takes what arrives in pieces of any size and calls back per frame. The function that is returned throws a FrameError for types that
 * are not among `accepts` and for lengths out of bounds, before anything of that frame is kept.
 */
export function createFrameReader(
  accepts: readonly Frame['type'][],
  onFrame: (frame: Frame) => void,
): (chunk: Buffer) => void {
  let rest: Buffer = Buffer.alloc(0);
  return (chunk) => {
    let buffer = rest.length > 0 ? Buffer.concat([rest, chunk]) : chunk;
    while (buffer.length >= HEADER) {
      const type = acceptedType(buffer.readUInt8(0), accepts);
      const length = checkedLength(type, buffer.readUInt32BE(1));
      if (buffer.length < HEADER + length) break;
      onFrame(decodeFrame(type, buffer.subarray(HEADER, HEADER + length)));
      buffer = buffer.subarray(HEADER + length);
    }
    rest = buffer;
  };
}

function acceptedType(code: number, accepts: readonly Frame['type'][]): Frame['type'] {
  const type = TYPES.get(code);
  if (type && accepts.includes(type)) return type;
  throw new FrameError(`unexpected frame of type ${code}`);
}

function checkedLength(type: Frame['type'], length: number): number {
  const [min, max] = CODECS[type].size;
  if (length >= min && length <= max) return length;
  throw new FrameError(`a ${type} frame of ${length} bytes is out of bounds`);
}

function decodeFrame(type: Frame['type'], payload: Buffer): Frame {
  switch (type) {
    case 'request':
    case 'result':
      return { type, json: payload };
    case 'signal':
      return { type, signal: payload.toString('latin1') };
    case 'resize':
      return { type, rows: payload.readUInt16BE(0), cols: payload.readUInt16BE(2) };
    case 'window':
      return { type, stream: streamOf(payload), bytes: payload.readUInt32BE(1) };
    case 'data':
      return { type, stream: streamOf(payload), data: payload.subarray(1) };
    default:
      return { type, stream: streamOf(payload) };
  }
}

function streamOf(payload: Buffer): Stream {
  const stream = STREAMS[payload.readUInt8(0)];
  if (stream) return stream;
  throw new FrameError('unknown stream');
}
