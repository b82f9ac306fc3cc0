import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { GUEST_HEADER } from '../protocol.ts';
import { dialLoopback } from './dial-loopback.ts';

/** Answers a CONNECT: ties the connection to that port of the machine's localhost, end for end. */
export async function serveTunnel(
  socket: Duplex,
  head: Buffer,
  options: { target: string; version: string },
): Promise<void> {
  socket.on('error', () => socket.destroy());
  const port = portOf(options.target);
  if (port === undefined) {
    refuse(socket, '400 Bad Request', 'only localhost:PORT can be connected to', options.version);
    return;
  }
  const upstream = await dialLoopback(port);
  if (!upstream) {
    refuse(socket, '502 Bad Gateway', `nothing answers on port ${port}`, options.version);
    return;
  }
  if (socket.destroyed) {
    upstream.destroy();
    return;
  }
  socket.write(`HTTP/1.1 200 Connection established\r\n${GUEST_HEADER}: ${options.version}\r\n\r\n`);
  if (head.length > 0) upstream.write(head);
  join(socket, upstream);
}

function portOf(target: string): number | undefined {
  const digits = /^localhost:([1-9]\d{0,4})$/.exec(target)?.[1];
  const port = Number(digits);
  return port <= 65_535 ? port : undefined;
}

function refuse(socket: Duplex, status: string, line: string, version: string): void {
  const length = line.length + 1;
  socket.end(
    `HTTP/1.1 ${status}\r\n${GUEST_HEADER}: ${version}\r\ncontent-type: text/plain\r\ncontent-length: ${length}\r\n\r\n${line}\n`,
  );
}

function join(client: Duplex, upstream: Socket): void {
  client.pipe(upstream);
  upstream.pipe(client);
  client.once('close', () => {
    if (!isOver(client)) upstream.resetAndDestroy();
  });
  upstream.on('error', () => upstream.destroy());
  upstream.once('close', () => {
    if (!isOver(upstream)) client.destroy();
  });
}

/** Whether both directions have come to their end, rather than having been cut off. */
function isOver(stream: Duplex): boolean {
  return stream.readableEnded && stream.writableFinished;
}
