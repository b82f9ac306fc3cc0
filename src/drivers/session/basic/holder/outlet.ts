import type { Socket } from 'node:net';
import { encode } from '../protocol.ts';

/** Sends what a pane shows to one reader. */
export interface Outlet {
  send(message: unknown): void;
  /** One piece; nothing, when the reader is so far behind that it has to leave something out. */
  push(chunk: Buffer): void;
}

/** Bytes that may wait for a reader. */
const BEHIND = 262_144;

/**
 * @param deliver.resume called when a reader has caught up that had to leave out that many bytes
 * @param ahead bytes that it is sent first, and not taken to be behind with
 */
export function createOutlet(
  socket: Socket,
  deliver: { data(chunk: Buffer): unknown; resume(skipped: number): unknown },
  ahead = 0,
): Outlet {
  let skipped = 0;
  function send(message: unknown): void {
    if (socket.writable) socket.write(encode(message));
  }
  socket.on('drain', () => {
    if (skipped === 0) return;
    const bytes = skipped;
    skipped = 0;
    send(deliver.resume(bytes));
  });
  return {
    send,
    push(chunk) {
      if (skipped > 0 || socket.writableLength > BEHIND + ahead) skipped += chunk.length;
      else send(deliver.data(chunk));
    },
  };
}
