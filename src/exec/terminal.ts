import { closeSync, constants, openSync, readSync } from 'node:fs';
import { PassThrough } from 'node:stream';
import type { Readable, Writable } from 'node:stream';
import { ReadStream } from 'node:tty';
import { createTerminalInput } from './terminal-input.ts';

/** The outer side of a pseudo-terminal. */
export interface Terminal {
  input: Writable;
  output: Readable;
  isOpen(): boolean;
  /** The command has ended: `output` gets what the terminal still holds, to the last byte, and ends. */
  finish(): void;
}

/**
 * Reads and writes the outer side `fd` of a terminal whose inner side has that path. The inner side is held open too: once nobody holds it, libuv
 * takes a read of less than it asked for, which every read of a terminal is, for the last one, and what comes after it is lost.
 */
export function openTerminal(fd: number, inner: string): Terminal {
  const hold = openSync(inner, constants.O_RDWR | constants.O_NOCTTY);
  const stream = new ReadStream(fd);
  const input = createTerminalInput(fd);
  const output = new PassThrough();
  let open = true;

  function close(): void {
    if (!open) return;
    open = false;
    closeSync(hold);
    input.destroy();
    stream.destroy();
  }
  function take(chunk: Buffer): void {
    if (!output.write(chunk)) stream.pause();
  }
  stream.on('data', take);
  output.on('drain', () => stream.resume());
  output.on('close', close);
  stream.on('error', () => output.destroy());

  return {
    input,
    output,
    isOpen: () => open,
    finish() {
      if (!open) return;
      open = false;
      closeSync(hold);
      input.destroy();
      stream.off('data', take);
      for (let chunk = stream.read() as Buffer | null; chunk; chunk = stream.read() as Buffer | null)
        output.write(chunk);
      for (const chunk of remains(fd)) output.write(chunk);
      stream.destroy();
      output.end();
    },
  };
}

/** What can be read from a terminal at once, which is no more than the kernel keeps. */
function remains(fd: number): Buffer[] {
  const chunks: Buffer[] = [];
  for (let bytes = 0; bytes < 1_048_576;) {
    const chunk = readNow(fd);
    if (chunk.length === 0) break;
    chunks.push(chunk);
    bytes += chunk.length;
  }
  return chunks;
}

function readNow(fd: number): Buffer {
  const buffer = Buffer.allocUnsafe(4096);
  try {
    return buffer.subarray(0, readSync(fd, buffer));
  } catch (error) {
    // EIO: nobody is left on the other side. EAGAIN: somebody is, and has written nothing.
    if (['EIO', 'EAGAIN'].includes((error as NodeJS.ErrnoException).code ?? '')) return Buffer.alloc(0);
    throw error;
  }
}
