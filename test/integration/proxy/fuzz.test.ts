import http from 'node:http';
import net from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FrameReader } from '../../../src/guest/mux/frame-reader.ts';
import { ChannelError } from '../../../src/guest/mux/wire.ts';
import type { AccessEntry } from '../../../src/proxy/access-log.ts';
import { bodyOf } from '../../../src/proxy/http/body.ts';
import { HeadError } from '../../../src/proxy/http/framing.ts';
import { readRequestHead } from '../../../src/proxy/http/request-head.ts';
import { createRandom, mutate, randomAnswer, randomRequest, split, type Random } from '../../support/fuzz.ts';
import { ask, createProxyFixture, freePort, type ProxyFixture } from '../../support/proxy-fixture.ts';

/** `npm run fuzz` asks for more rounds, and for another seed each time. */
const SEED = Number(process.env['DUAL_FUZZ_SEED'] ?? 20_261_129);
const ROUNDS = Number(process.env['DUAL_FUZZ_ROUNDS'] ?? 1);
const TIMEOUT = 20_000 + ROUNDS * 10_000;
const HOSTS = ['one.localhost', 'two.localhost', 'nobody.localhost', 'evil.example'];

describe('heads and bodies', () => {
  it(
    'are read, or refused, the same way in whatever pieces they come',
    () => {
      const random = createRandom(SEED);
      for (let i = 0; i < 20_000 * ROUNDS; i += 1) {
        const bytes = randomRequest(i, HOSTS, random);
        const headEnd = bytes.indexOf('\r\n\r\n') + 4;
        if (headEnd < 4) continue;
        const head = tryHead(bytes, headEnd);
        if (head) expect(followWhole(head, bytes, headEnd)).toBe(followInPieces(head, bytes, headEnd, random));
      }
    },
    TIMEOUT,
  );
});

type Head = ReturnType<typeof readRequestHead>;

function tryHead(bytes: Buffer, end: number): Head | undefined {
  try {
    return readRequestHead(bytes, 0, end);
  } catch (error) {
    expect(error).toBeInstanceOf(HeadError);
    return undefined;
  }
}

/** Where the body ends, -1 when it breaks the rules, the end of all when it goes on. */
function followWhole(head: Head, bytes: Buffer, start: number): number {
  return bodyOf(head.framing, head.length).follow(bytes, start, bytes.length);
}

function followInPieces(head: Head, bytes: Buffer, start: number, random: Random): number {
  const body = bodyOf(head.framing, head.length);
  let at = start;
  while (at < bytes.length && !body.isDone) {
    const until = Math.min(bytes.length, at + 1 + random.below(7));
    const next = body.follow(bytes, at, until);
    if (next < 0) return -1;
    at = next;
  }
  return at;
}

describe('frames of a channel', () => {
  it(
    'are read, or refused, whatever comes',
    () => {
      const random = createRandom(SEED + 1);
      for (let i = 0; i < 5_000 * ROUNDS; i += 1) {
        const frame = Buffer.from([
          1 + random.below(7),
          0,
          0,
          random.below(9),
          0,
          0,
          0,
          1,
          ...Array<number>(8).fill(7),
        ]);
        const reader = new FrameReader({ onData: () => undefined, onFrame: () => undefined });
        try {
          for (const piece of split(mutate(Buffer.concat([frame, frame, frame]), random), random))
            reader.read(piece, piece.length);
        } catch (error) {
          expect(error).toBeInstanceOf(ChannelError);
        }
      }
    },
    TIMEOUT,
  );
});

describe('connections', () => {
  let fixture: ProxyFixture;
  let port: number;
  /** What services were asked: `{workspace} {method} {target}`. */
  let arrived: string[];
  let told: AccessEntry[];

  const service =
    (workspace: string): http.RequestListener =>
    (request, response) => {
      arrived.push(`${workspace} ${request.method} ${request.url}`);
      if (!isHostOf(workspace, request.headers.host)) arrived.push(`${workspace} got ${request.headers.host}`);
      request.resume();
      response.end(`from ${workspace}`);
    };

  beforeEach(async () => {
    fixture = await createProxyFixture(['127.0.0.1']);
    port = await freePort();
    arrived = [];
    told = [];
    fixture.proxy.access.follow((entry) => told.push(entry));
  });
  afterEach(() => fixture.close());

  it(
    'bring no request to a workspace that its Host does not name, and none that the proxy has not seen',
    async () => {
      for (const workspace of ['one', 'two']) {
        const server = http.createServer(service(workspace));
        server.on('upgrade', (request: http.IncomingMessage, socket: net.Socket) => {
          arrived.push(`${workspace} ${request.method} ${request.url}`);
          socket.end('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n');
        });
        await fixture.workspace(workspace, { [port]: server });
      }
      const random = createRandom(SEED + 2);
      for (let i = 0; i < 150 * ROUNDS; i += 1) {
        const count = 1 + random.below(3);
        const requests = Array.from({ length: count }, (_, index) => randomRequest(i * 10 + index, HOSTS, random));
        await converse(port, split(Buffer.concat(requests), random));
      }
      expect((await ask(port, { headers: { host: 'one.localhost' } })).body).toBe('from one');
      const seen = new Set(
        told.flatMap(({ workspace, method, target }) =>
          workspace ? [`${workspace} ${method} ${pathOf(target)}`] : [],
        ),
      );
      expect(arrived.filter((line) => !seen.has(line))).toEqual([]);
      expect(arrived.filter((line) => line.includes(' got '))).toEqual([]);
      expect(arrived.length).toBeGreaterThan(30 * ROUNDS);
    },
    TIMEOUT,
  );

  it(
    'outlive whatever services answer',
    async () => {
      const random = createRandom(SEED + 3);
      const hostile = net.createServer((socket) => {
        socket.on('error', () => socket.destroy());
        socket.on('data', () => {
          for (const piece of split(randomAnswer(random), random)) socket.write(piece);
          if (random.chance(0.5)) socket.end();
        });
      });
      await fixture.workspace('two', { [port]: hostile });
      await fixture.workspace('one', { [port]: service('one') });
      for (let i = 0; i < 150 * ROUNDS; i += 1) {
        const host = random.pick(['one.localhost', 'two.localhost']);
        const request = Buffer.from(`GET /${i} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);
        const answer = await converse(port, [request], host.startsWith('one') ? 5_000 : 30);
        if (host.startsWith('one')) expect(answer).toMatch(/^HTTP\/1.1 200 [^]*from one$/);
      }
    },
    TIMEOUT,
  );
});

function isHostOf(workspace: string, host = ''): boolean {
  return host.toLowerCase().replace(/\.?(:\d*)?$/, '') === `${workspace}.localhost`;
}

/** The path of a target in absolute form, as services get it. */
function pathOf(target: string): string {
  return target.replace(/^http:\/\/[^/]*/, '') || '/';
}

/** Sends the pieces, one after the other, and gives what came back until the other side has ended or has had its time. */
async function converse(port: number, pieces: Buffer[], patience = 30): Promise<string> {
  const socket = net.connect({ port, host: '127.0.0.1' });
  const chunks: Buffer[] = [];
  socket.on('data', (chunk) => chunks.push(chunk));
  socket.on('error', () => socket.destroy());
  const closed = new Promise((resolve) => socket.once('close', resolve));
  for (const piece of pieces) if (!socket.destroyed) socket.write(piece);
  // Whoever waits for more of a body gets the end instead.
  socket.setTimeout(patience, () => {
    if (socket.writableEnded) socket.destroy();
    else socket.end();
  });
  await closed;
  return Buffer.concat(chunks).toString('latin1');
}
