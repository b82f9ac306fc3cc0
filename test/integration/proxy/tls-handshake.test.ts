import { once } from 'node:events';
import http from 'node:http';
import net from 'node:net';
import tls from 'node:tls';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readAuthority } from '../../../src/proxy/tls/authority.ts';
import { removeCaFiles, removeCaKey } from '../../../src/proxy/tls/ca-files.ts';
import { eventually } from '../../support/eventually.ts';
import { closed, createTlsFixture, type TlsFixture } from '../../support/tls-fixture.ts';

const DAY = 24 * 3_600_000;

let fixture: TlsFixture;
beforeEach(async () => {
  fixture = await createTlsFixture();
  fixture.serve((secure) => secure.end('hello'));
});
afterEach(() => fixture.close());

const noneOpen = (): Promise<void> => eventually(() => expect(fixture.open.size).toBe(0));

describe('a client that trusts the authority', () => {
  beforeEach(() => void fixture.trust());

  it('accepts each name that Dual serves, with a certificate of its own', async () => {
    for (const servername of ['localhost', 'shop-main.localhost', 'x.localhost']) {
      const client = fixture.connect({ servername });
      expect(await text(client)).toBe('hello');
      expect(client.authorized).toBe(true);
    }
    await noneOpen();
  });

  it('accepts addresses, for which it asks for no name', async () => {
    const client = tls.connect({ host: '127.0.0.1', port: fixture.port, ca: readAuthority(fixture.dir)?.pem });
    await once(client, 'secureConnect');
    expect(client.getPeerCertificate().subjectaltname).toBe(
      'DNS:localhost, IP Address:127.0.0.1, IP Address:0:0:0:0:0:0:0:1',
    );
    client.destroy();
  });

  it('is refused for every other name', async () => {
    for (const servername of ['example.com', 'a.b.localhost', 'localhost.example.com']) {
      const client = fixture.connect({ servername, rejectUnauthorized: false });
      await closed(client);
      expect(client.getProtocol()).toBeNull();
    }
    await noneOpen();
  });

  it('does not take the certificate of one workspace for that of another', async () => {
    const client = fixture.connect({
      servername: 'a.localhost',
      checkServerIdentity: (_, certificate) => tls.checkServerIdentity('b.localhost', certificate),
    });
    const [error] = (await once(client, 'error')) as [NodeJS.ErrnoException];
    expect(error.code).toBe('ERR_TLS_CERT_ALTNAME_INVALID');
  });

  it('speaks HTTP/1.1, whatever else it could', async () => {
    fixture.serve(() => undefined);
    const both = fixture.connect({ ALPNProtocols: ['h2', 'http/1.1'] });
    await once(both, 'secureConnect');
    expect(both.alpnProtocol).toBe('http/1.1');
    const neither = fixture.connect({ ALPNProtocols: ['h2'] });
    const [error] = (await once(neither, 'error')) as [NodeJS.ErrnoException];
    expect(error.code).toBe('ERR_SSL_TLSV1_ALERT_NO_APPLICATION_PROTOCOL');
  });

  it('speaks TLS 1.2 at least', async () => {
    for (const [maxVersion, spoken] of [
      ['TLSv1.2', 'TLSv1.2'],
      ['TLSv1.3', 'TLSv1.3'],
    ] as const) {
      const client = fixture.connect({ maxVersion });
      await once(client, 'secureConnect');
      expect(client.getProtocol()).toBe(spoken);
      client.destroy();
    }
    const old = fixture.connect({ minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' });
    await once(old, 'error');
    await noneOpen();
  });

  it('may take up an earlier session', async () => {
    fixture.serve((secure) => secure.once('data', () => secure.end(String(secure.isSessionReused()))));
    for (const maxVersion of ['TLSv1.2', 'TLSv1.3'] as const) {
      const first = fixture.connect({ maxVersion });
      let session: Buffer | undefined;
      first.on('session', (given) => (session = given));
      first.write('x');
      expect(await text(first)).toBe('false');
      const second = fixture.connect({ maxVersion, session });
      second.write('x');
      expect(await text(second)).toBe('true');
    }
  });

  it('gets one certificate, however many connections come at once', async () => {
    const clients = Array.from({ length: 20 }, () => fixture.connect({ servername: 'shop.localhost' }));
    await Promise.all(clients.map((client) => once(client, 'secureConnect')));
    const numbers = clients.map((client) => client.getPeerCertificate().serialNumber);
    expect(new Set(numbers).size).toBe(1);
  });

  it('gets a new one before the old one ends', async () => {
    const serialNumber = async (): Promise<string> => {
      const client = fixture.connect();
      await once(client, 'secureConnect');
      const number = client.getPeerCertificate().serialNumber;
      client.destroy();
      return number;
    };
    const first = await serialNumber();
    fixture.clock.advance(30 * DAY);
    expect(await serialNumber()).toBe(first);
    fixture.clock.advance(40 * DAY);
    // For the client, who goes by the system's clock, it has not begun yet.
    const client = fixture.connect({ rejectUnauthorized: false });
    await once(client, 'secureConnect');
    expect(client.getPeerCertificate().serialNumber).not.toBe(first);
    expect(Date.parse(client.getPeerCertificate().valid_to)).toBeGreaterThan(fixture.clock.now() + 80 * DAY);
  });

  it('may be any HTTPS client', async () => {
    const handler = new http.Server((request, response) => response.end(`${request.method} ${request.url}`));
    fixture.serve((secure) => handler.emit('connection', secure));
    const { default: https } = await import('node:https');
    const ca = readAuthority(fixture.dir)?.pem;
    const answer = await new Promise<http.IncomingMessage>((resolve, reject) => {
      https
        .get(
          { host: '127.0.0.1', servername: 'shop.localhost', port: fixture.port, path: '/x', ca, agent: false },
          resolve,
        )
        .on('error', reject);
    });
    expect(await text(answer)).toBe('GET /x');
    handler.close();
  });
});

describe('https', () => {
  it('is off until there is an authority, and at once when there is', async () => {
    expect(fixture.tls.enabled()).toBe(false);
    await closed(fixture.connect());
    fixture.trust();
    expect(fixture.tls.enabled()).toBe(true);
    expect(await text(fixture.connect())).toBe('hello');
  });

  it('goes off with the key, or with both files', async () => {
    for (const remove of [removeCaKey, removeCaFiles]) {
      fixture.trust();
      expect(fixture.tls.enabled()).toBe(true);
      remove(fixture.dir);
      expect(fixture.tls.enabled()).toBe(false);
      await closed(fixture.connect());
      removeCaFiles(fixture.dir);
    }
  });

  it('signs by a new authority as soon as there is one', async () => {
    fixture.trust();
    await text(fixture.connect());
    removeCaFiles(fixture.dir);
    const { name } = fixture.trust();
    const client = fixture.connect();
    await once(client, 'secureConnect');
    expect(client.getPeerCertificate().issuer.CN).toBe(name);
  });
});

describe('a connection on another loopback address', () => {
  it('is to that address', async () => {
    const other = await createTlsFixture('127.7.8.9');
    try {
      const { pem } = other.trust();
      other.serve((secure) => secure.end('hello'));
      const client = tls.connect({ host: '127.7.8.9', port: other.port, ca: pem });
      expect(await text(client)).toBe('hello');
      expect(client.authorized).toBe(true);
    } finally {
      await other.close();
    }
  });

  it('is to ::1', async () => {
    const other = await createTlsFixture('::1');
    try {
      const { pem } = other.trust();
      other.serve((secure) => secure.end('hello'));
      expect(await text(tls.connect({ host: '::1', port: other.port, ca: pem }))).toBe('hello');
    } finally {
      await other.close();
    }
  });
});

describe('a handshake', () => {
  beforeEach(() => void fixture.trust());

  /** The beginning of what a client says first. */
  const beginning = Buffer.from('160301020001', 'hex');

  it('may come in pieces of one byte', async () => {
    const raw = await fixture.connectPlain();
    raw.setNoDelay(true);
    const hello = await clientHello();
    const answered = once(raw, 'data');
    for (const byte of hello) {
      raw.write(Buffer.of(byte));
      await new Promise((resolve) => setImmediate(resolve));
    }
    const [answer] = (await answered) as [Buffer];
    expect(answer[0]).toBe(0x16);
  });

  it.each([
    ['closes', (raw: net.Socket) => raw.end()],
    ['goes', (raw: net.Socket) => raw.destroy()],
    ['resets', (raw: net.Socket) => raw.resetAndDestroy()],
  ])('leaves nothing behind when the client %s in the middle', async (_, leave) => {
    const raw = await fixture.connectPlain();
    raw.write(beginning);
    await eventually(() => expect(fixture.open.size).toBe(2));
    leave(raw);
    await noneOpen();
  });

  it('leaves nothing behind when it makes no sense', async () => {
    const raw = await fixture.connectPlain();
    raw.write(Buffer.concat([beginning, Buffer.alloc(600, 0x11)]));
    await closed(raw);
    await noneOpen();
  });

  it('has ten seconds', async () => {
    const raw = await fixture.connectPlain();
    raw.write(beginning);
    await eventually(() => expect(fixture.open.size).toBe(2));
    fixture.clock.advance(9_000);
    await new Promise((resolve) => setImmediate(resolve));
    expect(fixture.open.size).toBe(2);
    fixture.clock.advance(1_000);
    await noneOpen();
  });

  it('no longer has an end once it is over', async () => {
    fixture.serve((secure) => secure.pipe(secure));
    const client = fixture.connect();
    await once(client, 'secureConnect');
    client.write('a');
    await once(client, 'data');
    fixture.clock.advance(60_000);
    client.end('b');
    expect(await text(client)).toBe('b');
  });

  it('is given up with a connection that has ended before', async () => {
    const raw = await fixture.connectPlain();
    raw.write(beginning);
    await eventually(() => expect(fixture.open.size).toBe(2));
    const [socket] = [...fixture.open].filter((one) => !(one instanceof tls.TLSSocket));
    raw.destroy();
    await noneOpen();
    const secure = socket && fixture.tls.terminate(socket, beginning);
    expect(secure?.destroyed).toBe(true);
  });

  /** What a client of TLS sends before it hears anything. */
  async function clientHello(): Promise<Buffer> {
    const server = net.createServer();
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const { port } = server.address() as net.AddressInfo;
    const client = tls.connect({ host: '127.0.0.1', port, servername: 'localhost' });
    client.on('error', () => undefined);
    const [socket] = (await once(server, 'connection')) as [net.Socket];
    const [hello] = (await once(socket, 'data')) as [Buffer];
    client.destroy();
    socket.destroy();
    server.close();
    return hello;
  }
});
