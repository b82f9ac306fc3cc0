/** Numbers that look random and are the same for the same seed (mulberry32). */
export interface Random {
  /** From 0 to below `limit`. */
  below(limit: number): number;
  chance(probability: number): boolean;
  pick<T>(values: readonly T[]): T;
}

export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let value = Math.imul(state ^ (state >>> 15), state | 1);
    value ^= value + Math.imul(value ^ (value >>> 7), value | 61);
    return ((value ^ (value >>> 14)) >>> 0) / 0x1_0000_0000;
  };
  return {
    below: (limit) => Math.floor(next() * limit),
    chance: (probability) => next() < probability,
    pick: (values) => values[Math.floor(next() * values.length)]!,
  };
}

/** Changes a few bytes in ways that parsers are known to stumble over. */
export function mutate(bytes: Buffer, random: Random): Buffer {
  let result = bytes;
  for (let i = random.pick([0, 0, 1, 2]); i > 0; i -= 1) result = mutateOnce(result, random);
  return result;
}

const TRICKS = [
  '\r',
  '\n',
  '\r\n',
  '\r\n\r\n',
  '\0',
  ' ',
  '\t',
  ':',
  ',',
  ';',
  '0',
  '-',
  '+',
  '0x',
  '\x7f',
  '\xff',
  '\x0b',
];

function mutateOnce(bytes: Buffer, random: Random): Buffer {
  const at = random.below(bytes.length + 1);
  const [before, after] = [bytes.subarray(0, at), bytes.subarray(at)];
  switch (random.below(5)) {
    case 0:
      return Buffer.concat([before, Buffer.from(random.pick(TRICKS), 'latin1'), after]);
    case 1:
      return Buffer.concat([before, after.subarray(random.below(4))]);
    case 2:
      return Buffer.concat([before, Buffer.of(random.below(256)), after.subarray(1)]);
    case 3:
      return Buffer.concat([before, after.subarray(0, random.below(40)), after]);
    default:
      return bytes;
  }
}

/** In pieces of any size, many of them small. */
export function split(bytes: Buffer, random: Random): Buffer[] {
  const pieces: Buffer[] = [];
  for (let at = 0; at < bytes.length;) {
    const size = 1 + random.below(random.pick([2, 20, 200, 20_000]));
    pieces.push(bytes.subarray(at, at + size));
    at += size;
  }
  return pieces;
}

const LINES = [
  'Content-Length: 5',
  'Content-Length: 0',
  'Content-Length: +5',
  'Content-Length: 5, 5',
  'Content-Length : 5',
  'Transfer-Encoding: chunked',
  'Transfer-Encoding: gzip, chunked',
  'Transfer-Encoding: xchunked',
  'Transfer-Encoding:\tchunked',
  'Transfer-Encoding: chunked, identity',
  'Connection: close',
  'Connection: Host, Content-Length, X',
  'Connection: Upgrade',
  'Upgrade: websocket',
  'Expect: 100-continue',
  'TE: trailers',
  'X: y',
  ' folded: line',
  'X-Forwarded-Host: two.localhost',
  'Cookie: a=b; c=d',
];
const METHODS = ['GET', 'POST', 'PUT', 'DELETE', 'HEAD', 'OPTIONS', 'PROPFIND'];
const BODIES = [
  '',
  'hello',
  '5\r\nhello\r\n0\r\n\r\n',
  '0\r\n\r\n',
  '5;ext=1\r\nhello\r\n0\r\nTrailer: x\r\n\r\n',
  'GET /smuggled HTTP/1.1\r\nHost: two.localhost\r\n\r\n',
  '2e\r\nGET /smuggled HTTP/1.1\r\nHost: two.localhost\r\n\r\n0\r\n\r\n',
  '00000005\r\nhello\r\n000\r\n\r\n',
  '5\r\nhello\r\n0\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: one.localhost\r\n\r\n',
];

/** Something like a request, for one of these hosts; its target has that number in it. */
export function randomRequest(number: number, hosts: readonly string[], random: Random): Buffer {
  const host = random.pick(hosts);
  const target = random.chance(0.1) ? `http://${random.pick(hosts)}/${number}` : `/${number}`;
  const lines = [`${random.pick(METHODS)} ${target} HTTP/1.${random.chance(0.9) ? 1 : 0}`];
  if (random.chance(0.95)) lines.push(`Host: ${host}`);
  for (let i = random.pick([0, 0, 1, 2]); i > 0; i -= 1) lines.push(random.pick(LINES));
  const body = random.chance(0.5) ? '' : random.pick(BODIES);
  return mutate(Buffer.from(`${lines.join('\r\n')}\r\n\r\n${body}`, 'latin1'), random);
}

const ANSWER_LINES = [
  'Content-Length: 5',
  'Content-Length: 50',
  'Content-Length: x',
  'Transfer-Encoding: chunked',
  'Connection: close',
  'Connection: keep-alive',
  'Upgrade: x',
  'X: y',
];

/** Something like an answer. */
export function randomAnswer(random: Random): Buffer {
  const status = random.pick([100, 101, 103, 200, 204, 304, 404, 500, 999]);
  const lines = [`HTTP/1.${random.chance(0.9) ? 1 : 0} ${status} Text`];
  for (let i = random.below(4); i > 0; i -= 1) lines.push(random.pick(ANSWER_LINES));
  return mutate(Buffer.from(`${lines.join('\r\n')}\r\n\r\n${random.pick(BODIES)}`, 'latin1'), random);
}
