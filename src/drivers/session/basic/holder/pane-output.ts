import type { Readable } from 'node:stream';
import { replay } from '../replay.ts';
import { createTerminalModes } from '../terminal-modes.ts';
import type { TerminalModes } from '../terminal-modes.ts';
import type { PaneLog } from './pane-log.ts';
import { createRecent } from './recent.ts';

/** What a pane shows. */
export interface PaneOutput {
  modes: TerminalModes;
  /** Takes what a program writes to its end, and takes its modes back then. No faster than it can be kept; no reader is waited for. */
  take(source: Readable): Promise<void>;
  /** Calls back with every piece from now on, which must not be kept waiting. The result ends it. */
  listen(listener: (chunk: Buffer) => void): () => void;
  /** What makes a terminal of that many rows show what this one does, as far as it goes. */
  screen(rows: number): Buffer;
  /** Resolves when all that has been shown is in the log. */
  written(): Promise<void>;
}

/** Bytes from which a screen is made. */
const RECENT = 65_536;

export function createPaneOutput(log: PaneLog): PaneOutput {
  const modes = createTerminalModes();
  const recent = createRecent(RECENT);
  const listeners = new Set<(chunk: Buffer) => void>();
  let writing = Promise.resolve();
  async function show(chunk: Buffer): Promise<void> {
    modes.push(chunk);
    recent.push(chunk);
    for (const listener of listeners) listener(chunk);
    // The next piece is read meanwhile, but no more.
    const before = writing;
    writing = before.then(() => log.write(chunk));
    await before;
  }
  return {
    modes,
    async take(source) {
      try {
        for await (const piece of source) await show(piece as Buffer);
      } finally {
        // A program that was killed has not: what comes next is not drawn where it has drawn.
        const back = Buffer.from(modes.leave());
        if (back.length > 0) await show(back);
        modes.clear();
        await writing;
      }
    },
    listen(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    screen(rows) {
      // What it drew it draws again when it hears of the size.
      const text = modes.isFullScreen() ? Buffer.alloc(0) : replay(recent.bytes(), rows, recent.isCut());
      return Buffer.concat([text, Buffer.from(modes.enter())]);
    },
    written: () => writing,
  };
}
