import type { Socket } from 'node:net';
import type { Output } from '../protocol.ts';
import { createOutlet } from './outlet.ts';
import type { Pane } from './pane.ts';

/** Sends what a pane shows from now on, until the pane is taken away or the reader goes. */
export function serveFollow(socket: Socket, pane: Pane): void {
  const outlet = createOutlet(socket, {
    data: (chunk): Output => ({ data: chunk.toString('base64') }),
    resume: (skipped): Output => ({ skipped }),
  });
  const stops = [
    pane.output.listen((chunk) => outlet.push(chunk)),
    pane.listen((event) => {
      if (event === 'removed') socket.end();
    }),
  ];
  socket.once('close', () => stops.forEach((stop) => stop()));
}
