import { isExactly, isLineEnd, isText, SPACE, targetEnd, tokenEnd } from './characters.ts';
import { FramingHeaders, HeadError, type Framing } from './framing.ts';
import { isNamed, listOf, readHeaderLine, valueOf, type HeaderLine } from './header-lines.ts';

/** What a request's head says, as far as passing it on depends on it. Offsets into the bytes it was read from. */
export interface RequestHead {
  start: number;
  /** After the empty line. */
  end: number;
  targetStart: number;
  targetEnd: number;
  linesStart: number;
  method: string;
  version: '1.0' | '1.1';
  /** As it was sent. */
  host: string;
  framing: Framing;
  /** Bytes of the body, where the framing is `length`. */
  length: number;
  /** Whether the body is only sent when the other side says 100. */
  expectsContinue: boolean;
  /** Whether the client wants no further answer on this connection. */
  isLast: boolean;
  /** The protocol that is asked for; undefined also when one is asked for in a way that cannot be passed on. */
  upgrade: string | undefined;
  /** How often it has come through a proxy of Dual's. */
  hops: number;
  /** Headers that Connection names, in lower case, less those that it may not take away. */
  dropped: string[] | undefined;
  /** Whether it is asked how a workspace comes about, rather than something of the workspace. */
  isProgress: boolean;
  /** Whether `TE: trailers` was sent. */
  takesTrailers: boolean;
  /** Start and end, by turns, of what is passed on, in one piece where nothing has to be left out. Begins with the request line. */
  kept: number[];
}

/** Not for the hot path. */
export function targetOf(bytes: Buffer, { targetStart, targetEnd: end }: RequestHead): string {
  return bytes.toString('latin1', targetStart, end);
}

/** Counts how often a request has come through: a second time is a loop. Private, since `Via` makes servers behave differently. */
export const HOPS = 'dual-hops';

/** As in progress-request.ts. */
const PROGRESS = 'dual-progress';

/** What `Connection` may not take away, since it says whom the message is for and where it ends. */
const FRAMING_NAMES = new Set([
  'host',
  'content-length',
  'transfer-encoding',
  'expect',
  'trailer',
  'close',
  'upgrade',
  'keep-alive',
]);

/**
 * Reads a head strictly: what could be understood in two ways is refused, never repaired (RFC 9112).
 * @param end after the empty line, which is known to be there
 * @throws HeadError
 */
export function readRequestHead(bytes: Buffer, start: number, end: number): RequestHead {
  const head = readRequestLine(bytes, start, end);
  const reading: Reading = { head, framing: new FramingHeaders(), hosts: 0, connection: '', upgrade: '' };
  let keptFrom = start;
  let at = head.linesStart;
  while (at < end - 2) {
    const line = readHeaderLine(bytes, at);
    if (!line || line.end > end) throw new HeadError(400, 'a line that is no header');
    if (!takeLine(bytes, line, reading)) {
      if (at > keptFrom) head.kept.push(keptFrom, at);
      keptFrom = line.end;
    }
    at = line.end;
  }
  if (at > keptFrom) head.kept.push(keptFrom, at);
  conclude(reading);
  return head;
}

interface Reading {
  head: RequestHead;
  framing: FramingHeaders;
  hosts: number;
  connection: string;
  upgrade: string;
}

function readRequestLine(bytes: Buffer, start: number, end: number): RequestHead {
  const methodEnd = tokenEnd(bytes, start);
  if (methodEnd === start || bytes[methodEnd] !== SPACE) throw new HeadError(400, 'no method');
  const targetStop = targetEnd(bytes, methodEnd + 1);
  if (targetStop === methodEnd + 1 || bytes[targetStop] !== SPACE) throw new HeadError(400, 'no target');
  const at = targetStop + 1;
  const linesStart = at + 'HTTP/1.1\r\n'.length;
  if (linesStart > end || !isLineEnd(bytes, linesStart - 2)) throw new HeadError(400, 'no version of HTTP');
  return {
    start,
    end,
    targetStart: methodEnd + 1,
    targetEnd: targetStop,
    linesStart,
    method: methodOf(bytes, start, methodEnd),
    version: readVersion(bytes, at),
    host: '',
    framing: 'none',
    length: 0,
    expectsContinue: false,
    isLast: false,
    upgrade: undefined,
    hops: 0,
    dropped: undefined,
    isProgress: false,
    takesTrailers: false,
    kept: [],
  };
}

/** Most are these, which saves making a string. */
function methodOf(bytes: Buffer, start: number, end: number): string {
  if (end - start === 3 && bytes[start] === 0x47 && bytes[start + 1] === 0x45 && bytes[start + 2] === 0x54)
    return 'GET';
  return bytes.toString('latin1', start, end);
}

const DOT = 0x2e;
const ZERO = 0x30;

function readVersion(bytes: Buffer, at: number): '1.0' | '1.1' {
  const major = bytes[at + 5]! - ZERO;
  const minor = bytes[at + 7]! - ZERO;
  const isHttp = isExactly(bytes, at, 'HTTP/') && bytes[at + 6] === DOT && isDigit(major) && isDigit(minor);
  if (!isHttp) throw new HeadError(400, 'no version of HTTP');
  if (major !== 1 || minor > 1) throw new HeadError(505, 'another version than HTTP/1.1');
  return minor === 1 ? '1.1' : '1.0';
}

function isDigit(value: number): boolean {
  return value >= 0 && value <= 9;
}

type Taker = (bytes: Buffer, line: HeaderLine, reading: Reading) => boolean;

/** By the length of the name, since most headers are none of these. Each says whether the line is passed on as it is. */
const TAKERS: (Taker | undefined)[] = [];
for (const [length, taker] of [
  [2, takeTrailers],
  [4, takeHost],
  [6, takeExpect],
  [7, takeUpgrade],
  [9, takeHops],
  [10, takeConnection],
  [13, takeProgress],
  [14, takeFraming],
  [16, (bytes, line) => !isNamed(bytes, line, 'proxy-connection') && !isForwarding(bytes, line)],
  [17, takeFraming],
  [19, (bytes, line) => !isNamed(bytes, line, 'proxy-authorization') && !isForwarding(bytes, line)],
] as [number, Taker][]) {
  TAKERS[length] = taker;
}

function takeLine(bytes: Buffer, line: HeaderLine, reading: Reading): boolean {
  const taker = TAKERS[line.nameEnd - line.start];
  return taker ? taker(bytes, line, reading) : !isForwarding(bytes, line);
}

function isForwarding(bytes: Buffer, { start }: HeaderLine): boolean {
  return isText(bytes, start, 'x-forwarded-');
}

function takeProgress(bytes: Buffer, line: HeaderLine, { head }: Reading): boolean {
  if (isNamed(bytes, line, PROGRESS)) head.isProgress = true;
  return !isForwarding(bytes, line);
}

function takeFraming(bytes: Buffer, line: HeaderLine, { framing }: Reading): boolean {
  return framing.take(bytes, line) || !isForwarding(bytes, line);
}

function takeHost(bytes: Buffer, line: HeaderLine, reading: Reading): boolean {
  if (!isNamed(bytes, line, 'host')) return true;
  reading.hosts += 1;
  reading.head.host = valueOf(bytes, line);
  return true;
}

function takeExpect(bytes: Buffer, line: HeaderLine, { head }: Reading): boolean {
  if (!isNamed(bytes, line, 'expect')) return true;
  if (valueOf(bytes, line).toLowerCase() !== '100-continue')
    throw new HeadError(417, 'an expectation that is not known');
  head.expectsContinue = true;
  return true;
}

function takeUpgrade(bytes: Buffer, line: HeaderLine, reading: Reading): boolean {
  if (!isNamed(bytes, line, 'upgrade')) return true;
  reading.upgrade = reading.upgrade === '' ? valueOf(bytes, line) : `${reading.upgrade}, ${valueOf(bytes, line)}`;
  return false;
}

function takeTrailers(bytes: Buffer, line: HeaderLine, { head }: Reading): boolean {
  if (!isNamed(bytes, line, 'te')) return true;
  head.takesTrailers = listOf(valueOf(bytes, line)).includes('trailers');
  return false;
}

/** Anything but a number is somebody else's, and counts for nothing. */
function takeHops(bytes: Buffer, line: HeaderLine, { head }: Reading): boolean {
  if (isNamed(bytes, line, 'forwarded')) return false;
  if (!isNamed(bytes, line, HOPS)) return true;
  const value = valueOf(bytes, line);
  if (/^\d{1,3}$/.test(value)) head.hops = Number(value);
  return false;
}

function takeConnection(bytes: Buffer, line: HeaderLine, reading: Reading): boolean {
  if (isNamed(bytes, line, 'keep-alive')) return false;
  if (!isNamed(bytes, line, 'connection')) return true;
  const value = valueOf(bytes, line);
  reading.connection = reading.connection === '' ? value : `${reading.connection},${value}`;
  return false;
}

/** What follows from all lines together. */
function conclude({ head, framing, hosts, connection, upgrade }: Reading): void {
  if (hosts !== 1) throw new HeadError(400, 'not exactly one Host header');
  concludeFraming(head, framing);
  head.isLast = head.version === '1.0';
  if (connection === '' || connection === 'keep-alive') return;
  const tokens = listOf(connection);
  if (tokens.includes('close')) head.isLast = true;
  const dropped = tokens.filter((token) => !FRAMING_NAMES.has(token));
  if (dropped.length > 0) head.dropped = dropped;
  if (tokens.includes('upgrade') && upgrade !== '') head.upgrade = passableUpgrade(head, upgrade);
}

/**
 * HTTP/2 without TLS is only ever an offer, and one with a body cannot be refused in the middle: such requests are served as if they had
 * not asked.
 */
function passableUpgrade({ framing, version }: RequestHead, upgrade: string): string | undefined {
  return framing === 'none' && version === '1.1' && !/\bh2c\b/i.test(upgrade) ? upgrade : undefined;
}

function concludeFraming(head: RequestHead, { length, coding }: FramingHeaders): void {
  if (coding !== undefined) {
    if (coding !== 'chunked') throw new HeadError(501, 'a Transfer-Encoding other than chunked');
    if (head.version === '1.0') throw new HeadError(400, 'a Transfer-Encoding in HTTP/1.0');
    head.framing = 'chunked';
  } else if (length !== undefined && length > 0) {
    head.framing = 'length';
    head.length = length;
  }
}
