import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type net from 'node:net';
import { Duplex } from 'node:stream';
import type tls from 'node:tls';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { eventually } from '../../support/eventually.ts';
import { closed, createTlsFixture, untilEnd, type TlsFixture } from '../../support/tls-fixture.ts';

const MIB = 1024 * 1024;

let fixture: TlsFixture;
beforeEach(async () => {
  fixture = await createTlsFixture();
  fixture.trust();
});
afterEach(() => fixture.close());

const noneOpen = (): Promise<void> => eventually(() => expect(fixture.open.size).toBe(0));

async function accepted(options: Parameters<TlsFixture['connect']>[0] = {}): Promise<{
  client: tls.TLSSocket;
  secure: tls.TLSSocket;
  raw: net.Socket;
}> {
  const server = new Promise<{ secure: tls.TLSSocket; raw: net.Socket }>((resolve) =>
    fixture.serve((secure, raw) => resolve({ secure, raw })),
  );
  const client = fixture.connect(options);
  await once(client, 'secureConnect');
  return { client, ...(await server) };
}

describe('bytes', () => {
  it.each(['TLSv1.2', 'TLSv1.3'] as const)('pass unchanged, 16 MiB each way, over %s', async (maxVersion) => {
    const { client, secure } = await accepted({ maxVersion, allowHalfOpen: true });
    const [up, down] = [randomBytes(16 * MIB), randomBytes(16 * MIB)];
    const received = Promise.all([untilEnd(secure), untilEnd(client)]);
    client.end(up);
    secure.end(down);
    const [gotUp, gotDown] = await received;
    expect([gotUp.equals(up), gotDown.equals(down)]).toEqual([true, true]);
    await noneOpen();
  });

  it('come no faster than they are taken', async () => {
    const { client, secure } = await accepted();
    secure.pause();
    const chunk = Buffer.alloc(64 * 1024);
    let sent = 0;
    const fill = (): void => {
      do sent += chunk.length;
      while (client.write(chunk) && sent < 64 * MIB);
    };
    client.on('drain', fill);
    fill();
    await eventually(() => expect(client.writableNeedDrain).toBe(true));
    const held = await settled(() => sent);
    // What the kernel takes, on both sides.
    expect(held).toBeLessThan(32 * MIB);
    expect(secure.readableLength).toBeLessThan(MIB);
    secure.resume();
    await eventually(() => expect(sent).toBeGreaterThan(held));
    client.destroy();
  });

  it('that were sent come in before the end, in either direction', async () => {
    const { client, secure } = await accepted({ allowHalfOpen: true });
    secure.end('bye');
    expect(String(await untilEnd(client))).toBe('bye');
    client.end(Buffer.alloc(3 * MIB));
    expect(await untilEnd(secure)).toHaveLength(3 * MIB);
    await noneOpen();
  });

  it('are answered after the end of the question', async () => {
    const { client, secure } = await accepted();
    client.end('question');
    expect(String(await untilEnd(secure))).toBe('question');
    secure.end('answer');
    expect(String(await untilEnd(client))).toBe('answer');
    await noneOpen();
  });
});

describe('the two sockets', () => {
  it('have the same addresses and ports', async () => {
    const { client, secure, raw } = await accepted();
    for (const socket of [secure, raw]) {
      expect(socket).toMatchObject({
        remoteAddress: '127.0.0.1',
        remotePort: client.localPort,
        localAddress: '127.0.0.1',
        localPort: fixture.port,
      });
    }
    expect(secure.servername).toBe('localhost');
  });

  it('end together when one is destroyed', async () => {
    for (const which of ['secure', 'raw'] as const) {
      const both = await accepted();
      both[which].destroy();
      await closed(both.client);
      await noneOpen();
    }
  });

  it('end together at once, before anything was read', async () => {
    for (const which of ['secure', 'raw'] as const) {
      fixture.serve((secure, raw) => ({ secure, raw })[which].destroy());
      await closed(fixture.connect());
      await noneOpen();
    }
  });

  it('end when the client goes', async () => {
    const { client, secure } = await accepted();
    secure.resume();
    secure.on('end', () => secure.end());
    client.destroy();
    await noneOpen();
  });

  it('end when the client is cut off', async () => {
    const raw = await fixture.connectPlain();
    const client = fixture.connect({ socket: raw });
    fixture.serve(() => undefined);
    await once(client, 'secureConnect');
    raw.resetAndDestroy();
    await noneOpen();
  });

  it('end when what comes was tampered with', async () => {
    fixture.serve((secure) => secure.resume());
    const raw = await fixture.connectPlain();
    let tamper = false;
    const client = fixture.connect({ socket: throughHands(raw, () => tamper) });
    await once(client, 'secureConnect');
    client.write('a');
    tamper = true;
    client.write('b');
    await noneOpen();
  });
});

/** That socket, with the last bit of everything that is written turned over while told so. */
function throughHands(raw: net.Socket, isTampering: () => boolean): Duplex {
  const duplex = new Duplex({
    read: () => undefined,
    write(chunk: Buffer, _encoding, done) {
      const data = Buffer.from(chunk);
      if (isTampering()) data[data.length - 1] = (data.at(-1) ?? 0) ^ 1;
      raw.write(data, done);
    },
  });
  raw.on('data', (chunk) => duplex.push(chunk));
  raw.on('close', () => duplex.destroy());
  return duplex;
}

/** The value once it no longer changes. */
async function settled(value: () => number): Promise<number> {
  let before = NaN;
  await eventually(
    () => {
      const now = value();
      const isSame = now === before;
      before = now;
      if (!isSame) throw new Error('it still changes');
    },
    { interval: 200 },
  );
  return before;
}
