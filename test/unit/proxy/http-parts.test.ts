import { describe, expect, it } from 'vitest';
import { bodyOf } from '../../../src/proxy/http/body.ts';
import { HeadError } from '../../../src/proxy/http/framing.ts';
import { HeadCollector, MAX_HEAD_BYTES } from '../../../src/proxy/http/head-collector.ts';
import { readResponseHead, type ResponseHead } from '../../../src/proxy/http/response-head.ts';
import { lastResponseHead } from '../../../src/proxy/http/response-writer.ts';

describe('a chunked body', () => {
  const follow = (text: string): [number, boolean] => {
    const body = bodyOf('chunked', 0);
    const bytes = Buffer.from(text, 'latin1');
    return [body.follow(bytes, 0, bytes.length), body.isDone];
  };

  it.each([
    ['0\r\n\r\n'],
    ['5\r\nhello\r\n0\r\n\r\n'],
    ['00000005\r\nhello\r\nA\r\n0123456789\r\n0\r\n\r\n'],
    ['5;name=value;other="x"\r\nhello\r\n0;last\r\n\r\n'],
    ['0\r\nTrailer: one\r\nOther: two\r\n\r\n'],
  ])('ends where it says: %j', (text) => {
    expect(follow(`${text}GET / HTTP/1.1`)).toEqual([text.length, true]);
  });

  it.each([
    ['\r\n'],
    ['x\r\n'],
    [' 5\r\nhello\r\n0\r\n\r\n'],
    ['5 \r\nhello\r\n0\r\n\r\n'],
    ['-5\r\n'],
    ['0x5\r\nhello\r\n'],
    ['123456789\r\n'],
    ['5\nhello\r\n0\r\n\r\n'],
    ['5\r\nhello\n0\r\n\r\n'],
    ['5\r\nhelloX\r\n0\r\n\r\n'],
    ['5\r\nhello\rX0\r\n\r\n'],
    ['5\r\nhello\r\n0\r\n\n'],
    ['5;\0\r\nhello\r\n0\r\n\r\n'],
    ['0\r\nTrailer: a\nb\r\n\r\n'],
    [`5;${'x'.repeat(2_000)}\r\nhello\r\n0\r\n\r\n`],
    [`0\r\n${'A: b\r\n'.repeat(20_000)}\r\n`],
  ])('is refused where another reader might see another end: %j', (text) => {
    expect(follow(text)).toEqual([-1, false]);
  });

  it('tells data from framing', () => {
    let data = '';
    const body = bodyOf('chunked', 0, (bytes, start, end) => (data += bytes.toString('latin1', start, end)));
    const bytes = Buffer.from('5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n');
    body.follow(bytes, 0, 9);
    body.follow(bytes, 9, bytes.length);
    expect([data, body.isDone]).toEqual(['hello world', true]);
  });
});

describe('a body of a known length', () => {
  it('ends after that', () => {
    const body = bodyOf('length', 5);
    const bytes = Buffer.from('hello world');
    expect([body.follow(bytes, 0, 3), body.isDone]).toEqual([3, false]);
    expect([body.follow(bytes, 3, 11), body.isDone]).toEqual([5, true]);
  });
});

describe("an answer's head", () => {
  const read = (text: string, method = 'GET'): ResponseHead => {
    const bytes = Buffer.from(`${text}\r\n\r\n`, 'latin1');
    return readResponseHead({ bytes, start: 0, headEnd: bytes.length }, { method });
  };

  it.each([
    ['HTTP/1.1 200 OK\r\nContent-Length: 5', 'GET', 'length', true],
    ['HTTP/1.1 200 OK\r\nContent-Length: 5', 'HEAD', 'none', true],
    ['HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked', 'GET', 'chunked', true],
    ['HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked', 'GET', 'chunked', true],
    ['HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip', 'GET', 'close', false],
    ['HTTP/1.1 204 No Content', 'GET', 'none', true],
    ['HTTP/1.1 304 Not Modified\r\nContent-Length: 5', 'GET', 'none', true],
    ['HTTP/1.1 200', 'GET', 'close', false],
    ['HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close', 'GET', 'none', false],
    ['HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\nConnection: keep-alive', 'GET', 'none', false],
    ['HTTP/1.0 200 OK\r\nContent-Length: 5', 'GET', 'length', false],
    ['HTTP/1.0 200 OK\r\nContent-Length: 5\r\nConnection: Keep-Alive', 'GET', 'length', true],
  ])('says how its body ends: %j to %s', (text, method, framing, persists) => {
    expect(read(text, method)).toMatchObject({ framing, persists });
  });

  it.each([
    ['HTTP/2 200 OK'],
    ['HTTP/1.1 20 OK'],
    ['HTTP/1.1 2000 OK'],
    ['HTTP/1.1 099 OK'],
    ['ICY 200 OK'],
    ['HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6'],
    ['HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked'],
    ['HTTP/1.1 200 OK\r\nX : y'],
    ['HTTP/1.1 200 OK\r\nX: y\nSet-Cookie: z'],
  ])('is refused when it is none: %j', (text) => {
    expect(() => read(text)).toThrow(HeadError);
  });

  it('can be made one after which the connection ends', () => {
    const bytes = Buffer.from(
      'HTTP/1.1 200 OK\r\nConnection: keep-alive\r\nX: y\r\nTransfer-Encoding: chunked\r\n\r\n',
    );
    const head = readResponseHead({ bytes, start: 0, headEnd: bytes.length }, { method: 'GET' });
    const text = (unchunked: boolean): string => lastResponseHead(bytes, head, { unchunked }).toString();
    expect(text(false)).toBe('HTTP/1.1 200 OK\r\nX: y\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n');
    expect(text(true)).toBe('HTTP/1.1 200 OK\r\nX: y\r\nConnection: close\r\n\r\n');
  });
});

describe('a head in pieces', () => {
  it('is put together, whatever the pieces', () => {
    const bytes = Buffer.from('GET / HTTP/1.1\r\nHost: a\r\n\r\nbody');
    for (let cut = 1; cut < bytes.length; cut += 1) {
      const collector = new HeadCollector();
      let collected = collector.take(bytes, 0, cut);
      if (collected === 'partial') collected = collector.take(bytes, cut, bytes.length);
      if (typeof collected === 'string') throw new Error(collected);
      const { bytes: all, start, headEnd } = collected;
      expect(all.toString('latin1', start, headEnd)).toBe('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
    }
  });

  it('is too large beyond a limit, whether it comes at once or byte by byte', () => {
    const large = Buffer.from(`GET / HTTP/1.1\r\nX: ${'x'.repeat(MAX_HEAD_BYTES)}\r\n\r\n`);
    expect(new HeadCollector().take(large, 0, large.length)).toBe('too-large');
    const collector = new HeadCollector();
    let last: unknown;
    for (let at = 0; at < large.length && last !== 'too-large'; at += 1) last = collector.take(large, at, at + 1);
    expect(last).toBe('too-large');
  });
});
