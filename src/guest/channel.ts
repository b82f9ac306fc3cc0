import type { Duplex } from 'node:stream';
import { createFrameReader, encodeFrame } from './frames.ts';
import type { Frame } from './frames.ts';

/** Frames over a connection, both ways. */
export interface Channel {
  send(frame: Frame): void;
  /** Sends what was given so far, then ends the connection. */
  end(): void;
  /** Drops the connection at once. `onClosed` is not called. */
  destroy(): void;
  /** Drops the connection because of what came over it. */
  fail(violation: Error): void;
}

export interface ChannelOptions {
  accepts: readonly Frame['type'][];
  /** What it throws breaks the connection, as a frame out of bounds does. */
  onFrame: (frame: Frame) => void;
  /** Once, when the other side is gone; with the error when it did not keep to the protocol. */
  onClosed: (violation?: Error) => void;
}

/** `head` is what came along with the end of the HTTP exchange. Nothing is reported before the next turn of the event loop. */
export function openChannel(socket: Duplex, head: Buffer, options: ChannelOptions): Channel {
  let open = true;
  const read = createFrameReader(options.accepts, (frame) => {
    if (open) options.onFrame(frame);
  });
  function close(violation?: Error): void {
    if (!open) return;
    open = false;
    socket.destroy();
    options.onClosed(violation);
  }
  if (head.length > 0) socket.unshift(head);
  socket.on('data', (chunk: Buffer) => {
    try {
      read(chunk);
    } catch (error) {
      close(error as Error);
    }
  });
  // The reason for an error of the socket is of no use to anybody: the other side is gone. 'end' counts as well, since a peer that dies
  // looks no different from one that half-closes.
  for (const event of ['end', 'close', 'error']) socket.on(event, () => close());
  return {
    fail: close,
    send(frame) {
      if (!open || socket.writableEnded) return;
      socket.cork();
      for (const part of encodeFrame(frame)) socket.write(part);
      socket.uncork();
    },
    end() {
      open = false;
      socket.end();
      socket.resume();
    },
    destroy() {
      open = false;
      socket.destroy();
    },
  };
}
