import type { Socket } from 'node:net';
import { encode } from '../protocol.ts';
import type { History, Output } from '../protocol.ts';
import { readLog } from './read-log.ts';
import { createOutlet } from './outlet.ts';
import type { Pane } from './pane.ts';

/** Sends what a pane shows from now on, until the pane is taken away or the reader goes; with `history` first what it has shown so far. */
export function serveFollow(socket: Socket, pane: Pane, history: boolean): void {
  const early: Buffer[] = [];
  let push = (chunk: Buffer): void => void early.push(chunk);
  const stops = [
    pane.output.listen((chunk) => push(chunk)),
    pane.listen((event) => {
      if (event === 'removed') socket.end();
    }),
  ];
  socket.once('close', () => stops.forEach((stop) => stop()));

  function begin(first: string): void {
    const outlet = createOutlet(
      socket,
      {
        data: (chunk): Output => ({ data: chunk.toString('base64') }),
        resume: (skipped): Output => ({ skipped }),
      },
      first.length,
    );
    if (socket.writable) socket.write(first);
    push = (chunk) => outlet.push(chunk);
    early.forEach(push);
  }
  if (!history) return begin('');
  // Called before the next piece is written: what is in the log then, and what has come since now, is all, and nothing twice.
  void pane.output.written().then(() => {
    begin(encode({ history: readLog(pane.log).toString('base64') } satisfies History));
  });
}
