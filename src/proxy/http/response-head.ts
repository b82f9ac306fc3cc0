import { CR, isExactly, isLineEnd, SPACE, valueEnd } from './characters.ts';
import { FramingHeaders, HeadError, type Framing } from './framing.ts';
import { isNamed, listOf, readHeaderLine, valueOf } from './header-lines.ts';

/** What an answer's head says, as far as passing it on depends on it. Offsets into the bytes it was read from. */
export interface ResponseHead {
  start: number;
  /** After the empty line. */
  end: number;
  linesStart: number;
  status: number;
  framing: Framing;
  /** Bytes of the body, where the framing is `length`. */
  length: number;
  /** Whether the service keeps the connection for another request. */
  persists: boolean;
}

/**
 * @param place where it begins, and ends after the empty line, which is known to be there
 * @param request what it answers: the body depends on its method
 * @throws HeadError
 */
export function readResponseHead(
  { bytes, start, headEnd: end }: { bytes: Buffer; start: number; headEnd: number },
  request: { method: string },
): ResponseHead {
  const status = readStatus(bytes, start);
  const lineEnd = valueEnd(bytes, start);
  if (!isLineEnd(bytes, lineEnd)) throw new HeadError(502, 'a status line that is none');
  const isOld = bytes[start + 7] === 0x30;
  const head: ResponseHead = {
    start,
    end,
    linesStart: lineEnd + 2,
    status,
    framing: 'close',
    length: 0,
    persists: !isOld,
  };
  const framing = new FramingHeaders();
  const reading = { isOld, isClosed: false };
  for (let at = head.linesStart; at < end - 2;) {
    const line = readHeaderLine(bytes, at);
    if (!line || line.end > end) throw new HeadError(502, 'a line that is no header');
    const length = line.nameEnd - line.start;
    if (length === 14 || length === 17) framing.take(bytes, line);
    else if (length === 10 && isNamed(bytes, line, 'connection')) readConnection(head, valueOf(bytes, line), reading);
    at = line.end;
  }
  concludeFraming(head, framing, request);
  return head;
}

/** `HTTP/1.1 200`, followed by a space or nothing. */
function readStatus(bytes: Buffer, start: number): number {
  const minor = bytes[start + 7];
  const isHttp = isExactly(bytes, start, 'HTTP/1.') && (minor === 0x31 || minor === 0x30) && bytes[start + 8] === SPACE;
  const after = bytes[start + 12];
  const status = threeDigits(bytes, start + 9);
  if (!isHttp || !(status >= 100) || (after !== SPACE && after !== CR))
    throw new HeadError(502, 'a status line that is none');
  return status;
}

/** NaN when there are no three. */
function threeDigits(bytes: Buffer, at: number): number {
  let value = 0;
  for (let i = at; i < at + 3; i += 1) {
    const digit = bytes[i]! - 0x30;
    if (!(digit >= 0 && digit <= 9)) return NaN;
    value = value * 10 + digit;
  }
  return value;
}

/** Who says `close` once means it. */
function readConnection(head: ResponseHead, value: string, reading: { isOld: boolean; isClosed: boolean }): void {
  // What most of them say, which changes nothing.
  if (value === 'keep-alive' && !reading.isOld) return;
  const tokens = listOf(value);
  if (tokens.includes('close')) reading.isClosed = true;
  if (reading.isClosed) head.persists = false;
  else if (reading.isOld && tokens.includes('keep-alive')) head.persists = true;
}

function concludeFraming(head: ResponseHead, framing: FramingHeaders, request: { method: string }): void {
  const { status } = head;
  const { coding, length } = framing;
  if (status < 200 || status === 204 || status === 304 || request.method === 'HEAD') head.framing = 'none';
  else if (coding !== undefined) head.framing = listOf(coding).at(-1) === 'chunked' ? 'chunked' : 'close';
  else if (length !== undefined) {
    head.framing = length === 0 ? 'none' : 'length';
    head.length = length;
  }
  if (head.framing === 'close') head.persists = false;
}
