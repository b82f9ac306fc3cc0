import { describe, expect, it } from 'vitest';
import { HeadError } from '../../../src/proxy/http/framing.ts';
import { readRequestHead, targetOf, type RequestHead } from '../../../src/proxy/http/request-head.ts';
import { RequestWriter } from '../../../src/proxy/http/request-writer.ts';

const read = (...lines: string[]): RequestHead & { target: string } => {
  const bytes = Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1');
  const head = readRequestHead(bytes, 0, bytes.length);
  return { ...head, target: targetOf(bytes, head) };
};

function statusOf(...lines: string[]): number {
  try {
    read(...lines);
    return 200;
  } catch (error) {
    if (error instanceof HeadError) return error.status;
    throw error;
  }
}

const START = ['GET / HTTP/1.1', 'Host: a.localhost'];

describe('what is read', () => {
  it('is where the request goes, and how its body ends', () => {
    expect(read('POST /a?b=c HTTP/1.1', 'host:\tA.localhost:3000 ', 'Content-Length: 12')).toMatchObject({
      method: 'POST',
      target: '/a?b=c',
      version: '1.1',
      host: 'A.localhost:3000',
      framing: 'length',
      length: 12,
    });
    expect(read(...START, 'transfer-encoding: Chunked').framing).toBe('chunked');
    expect(read(...START).framing).toBe('none');
    expect(read(...START, 'Content-Length: 0').framing).toBe('none');
  });

  it('is whether the connection ends with it', () => {
    expect(read(...START).isLast).toBe(false);
    expect(read(...START, 'Connection: keep-alive').isLast).toBe(false);
    expect(read(...START, 'Connection: X', 'Connection: CLOSE').isLast).toBe(true);
    expect(read('GET / HTTP/1.0', 'Host: a').isLast).toBe(true);
  });

  it('is the upgrade, if it can be passed on', () => {
    const upgrade = ['Connection: keep-alive, Upgrade', 'Upgrade: websocket'];
    expect(read(...START, ...upgrade).upgrade).toBe('websocket');
    expect(read(...START, 'Upgrade: websocket').upgrade).toBeUndefined();
    expect(read(...START, ...upgrade, 'Content-Length: 1').upgrade).toBeUndefined();
    expect(read(...START, 'Connection: Upgrade, HTTP2-Settings', 'Upgrade: h2c').upgrade).toBeUndefined();
  });
});

describe('what could be understood in two ways', () => {
  it.each([
    [400, 'two lengths', ['Content-Length: 1', 'Content-Length: 1']],
    [400, 'a list of lengths', ['Content-Length: 1, 1']],
    [400, 'a signed length', ['Content-Length: +1']],
    [400, 'a hexadecimal length', ['Content-Length: 0x1']],
    [400, 'an empty length', ['Content-Length:']],
    [400, 'a length beyond all numbers', ['Content-Length: 9999999999999999999']],
    [400, 'length and coding', ['Content-Length: 1', 'Transfer-Encoding: chunked']],
    [400, 'coding and length', ['Transfer-Encoding: chunked', 'Content-Length: 1']],
    [400, 'two codings in two lines', ['Transfer-Encoding: chunked', 'Transfer-Encoding: chunked']],
    [501, 'a coding beside chunked', ['Transfer-Encoding: gzip, chunked']],
    [501, 'another coding', ['Transfer-Encoding: xchunked']],
    [501, 'no coding', ['Transfer-Encoding:']],
    [501, 'a space that is none', ['Transfer-Encoding: \xa0chunked']],
    [501, 'an empty element before', ['Transfer-Encoding: ,chunked']],
    [501, 'an empty element after', ['Transfer-Encoding: chunked,']],
    [400, 'a space before the colon', ['Content-Length : 1']],
    [400, 'a folded line', ['X: y', ' z']],
    [400, 'a bare CR', ['X: y\rz']],
    [400, 'a bare LF', ['X: y\nContent-Length: 1']],
    [400, 'a NUL', ['X: y\0']],
    [400, 'a DEL', ['X: y\x7f']],
    [400, 'a line without a colon', ['X']],
    [400, 'an empty name', [': x']],
    [400, 'a second Host', ['Host: b']],
    [417, 'another expectation', ['Expect: 200-ok']],
  ])('is refused with %i: %s', (status, _what, lines) => {
    expect(statusOf(...START, ...lines)).toBe(status);
  });

  it.each([
    [400, ['GET / HTTP/1.1']],
    [400, ['GET  / HTTP/1.1', 'Host: a']],
    [400, ['GET /\tHTTP/1.1', 'Host: a']],
    [400, ['GET /a b HTTP/1.1', 'Host: a']],
    [400, ['GET / HTTP/1.1 ', 'Host: a']],
    [400, ['GET / http/1.1', 'Host: a']],
    [400, ['G(T / HTTP/1.1', 'Host: a']],
    [400, ['GET /\x00 HTTP/1.1', 'Host: a']],
    [400, [' GET / HTTP/1.1', 'Host: a']],
    [400, ['POST / HTTP/1.0', 'Host: a', 'Transfer-Encoding: chunked']],
    [505, ['GET / HTTP/1.2', 'Host: a']],
    [505, ['PRI * HTTP/2.0', 'Host: a']],
  ])('is refused with %i: %j', (status, lines) => {
    expect(statusOf(...lines)).toBe(status);
  });
});

describe('what the service gets', () => {
  const writer = new RequestWriter({ address: '127.0.0.1', secure: false });
  const write = (...lines: string[]): string[] => {
    const bytes = Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1');
    const head = readRequestHead(bytes, 0, bytes.length);
    return writer.write(bytes, head).toString('latin1').split('\r\n');
  };
  const ADDED = [
    'X-Forwarded-For: 127.0.0.1',
    'X-Forwarded-Host: a.localhost',
    'X-Forwarded-Proto: http',
    'X-Forwarded-Port: 80',
    'Forwarded: for=127.0.0.1;host="a.localhost";proto=http',
    'dual-hops: 1',
  ];

  it('is every line as it came, and who asked', () => {
    const lines = ['Cookie: ä=ö', 'x-LOWER:  two  spaces  ', 'Authorization: Basic x'];
    expect(write(...START, ...lines)).toEqual([...START, ...lines, ...ADDED, '', '']);
  });

  it('is nothing that concerns the connection of the client, or that only the proxy may say', () => {
    const lines = [
      'Connection: close, X-Hop, Host, Content-Length',
      'Keep-Alive: timeout=5',
      'Proxy-Connection: keep-alive',
      'Proxy-Authorization: x',
      'TE: gzip',
      'Upgrade: x',
      'X-Hop: 1',
      'X-Forwarded-For: 6.6.6.6',
      'X-Forwarded-Prefix: /evil',
      'x-forwarded-by: x',
      'Forwarded: for=6.6.6.6',
    ];
    expect(write(...START, ...lines, 'Content-Length: 0')).toEqual([...START, 'Content-Length: 0', ...ADDED, '', '']);
  });

  it('says how often it has been here, and what it asks for', () => {
    expect(write(...START, 'Dual-Hops: 1')).toContain('dual-hops: 2');
    expect(write(...START, 'Dual-Hops: many')).toContain('dual-hops: 1');
    const upgrade = write(...START, 'Connection: Upgrade', 'Upgrade: websocket', 'TE: trailers');
    expect(upgrade.slice(-5, -2)).toEqual(['Upgrade: websocket', 'TE: trailers', 'Connection: TE']);
  });

  it('is the address in brackets where it is one of IPv6', () => {
    const bytes = Buffer.from(`${START.join('\r\n')}\r\n\r\n`);
    const six = new RequestWriter({ address: '::1', secure: true });
    const text = six.write(bytes, readRequestHead(bytes, 0, bytes.length), '/').toString();
    expect(text).toContain('Forwarded: for="[::1]";host="a.localhost";proto=https');
    expect(text).toContain('X-Forwarded-Port: 443');
  });
});
