import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import tls from 'node:tls';
import { silentLog } from '../../src/log/log.ts';
import { createAuthority, type Authority } from '../../src/proxy/tls/authority.ts';
import { createTls, type Tls } from '../../src/proxy/tls/tls.ts';
import { createFakeClock, type FakeClock } from './fake-clock.ts';

/** A server that reads the first bytes of every connection, and goes over to TLS when they look like it and it is enabled. */
export interface TlsFixture {
  /** Of the authority's files; there are none yet. */
  dir: string;
  clock: FakeClock;
  tls: Tls;
  port: number;
  /** What is open on the server's side: sockets, and what TLS has made of them. */
  open: Set<net.Socket>;
  trust(): Authority;
  /** What becomes of a connection; it is closed when left out. */
  serve(handler: (secure: tls.TLSSocket, raw: net.Socket) => void): void;
  /** A client that checks the certificate; of the name `localhost` where none is given. */
  connect(options?: ClientOptions): tls.TLSSocket;
  /** A connection without TLS. */
  connectPlain(): Promise<net.Socket>;
  close(): Promise<void>;
}

/** Half-open connections are an option that the types leave out. */
type ClientOptions = tls.ConnectionOptions & { allowHalfOpen?: boolean };

/** @param ca directory of an authority's files that is somebody else's business */
export async function createTlsFixture(host = '127.0.0.1', ca?: string): Promise<TlsFixture> {
  const home = mkdtempSync(path.join(os.tmpdir(), 'dual-'));
  const dir = ca ?? path.join(home, 'ca');
  const clock = createFakeClock(Date.now());
  const subject = createTls({ dir, clock, log: silentLog });
  const open = new Set<net.Socket>();
  const clients = new Set<net.Socket>();
  let handler: Parameters<TlsFixture['serve']>[0] = (secure) => secure.destroy();
  let authority: Authority | undefined;

  const track = (set: Set<net.Socket>, socket: net.Socket): void => {
    set.add(socket);
    socket.once('close', () => set.delete(socket));
    socket.on('error', () => undefined);
  };
  const server = net.createServer({ allowHalfOpen: true }, (socket) => {
    track(open, socket);
    socket.once('data', (first) => {
      if (first[0] !== 0x16 || !subject.enabled()) return socket.destroy();
      const secure = subject.terminate(socket, first);
      track(open, secure);
      handler(secure, socket);
    });
  });
  await once(server.listen(0, host), 'listening');
  const { port } = server.address() as net.AddressInfo;

  return {
    dir,
    clock,
    tls: subject,
    port,
    open,
    trust: () => (authority = createAuthority(dir, { user: 'anna', host: 'laptop' }, clock.now())),
    serve: (next) => void (handler = next),
    connect(options = {}) {
      const ca = authority?.pem ?? [];
      const socket = tls.connect({ host, port, servername: 'localhost', ca, ...options });
      track(clients, socket);
      return socket;
    },
    async connectPlain() {
      const socket = net.connect({ host, port });
      track(clients, socket);
      await once(socket, 'connect');
      return socket;
    },
    async close() {
      for (const socket of [...clients, ...open]) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
      rmSync(home, { recursive: true, force: true });
    },
  };
}

/** Settles when the socket is closed, however that comes about. */
export function closed(socket: net.Socket): Promise<void> {
  return new Promise((resolve) => {
    if (socket.closed) resolve();
    else socket.once('close', () => resolve());
  });
}

/** What comes until the other side ends. This side stays open. */
export async function untilEnd(socket: net.Socket): Promise<Buffer> {
  const chunks: Buffer[] = [];
  socket.on('data', (chunk) => chunks.push(chunk));
  await once(socket, 'end');
  return Buffer.concat(chunks);
}
