import type { Duplex } from 'node:stream';
import { Mux } from '../mux/mux.ts';
import { MUX_UPGRADE } from '../mux/wire.ts';
import { GUEST_HEADER } from '../protocol.ts';
import { carryStream } from './service-stream.ts';

/** The guest's side of a channel: each stream that is opened leads to a port of the machine's localhost. */
export function serveMux(socket: Duplex, head: Buffer, version: string): void {
  const headers = [`${GUEST_HEADER}: ${version}`, 'connection: Upgrade', `upgrade: ${MUX_UPGRADE}`];
  socket.write(`HTTP/1.1 101 Switching Protocols\r\n${headers.join('\r\n')}\r\n\r\n`);
  const mux: Mux = new Mux(socket, {
    onOpen: (stream, port) => carryStream(stream, port, () => mux.refuse(stream)),
    onClosed: () => undefined,
  });
  if (head.length > 0) mux.receive(head);
  socket.on('data', (bytes: Buffer) => mux.receive(bytes));
}
