import { writeSync } from 'node:fs';
import { Writable } from 'node:stream';

/** Milliseconds until a terminal that takes no more is tried again, at first and at most. */
const RETRY = { first: 5, longest: 200 };

/**
 * What is typed into the terminal with that outer side, which must be non-blocking. Of libuv's own streams one is no use here: it
 * writes to a terminal as if that never had to wait, and goes round in circles for as long as the program on the other side does
 * not read. Nothing tells when a terminal takes more, so it is tried again, less and less often.
 */
export function createTerminalInput(fd: number): Writable {
  let timer: NodeJS.Timeout | undefined;
  function pass(chunk: Buffer, pause: number, done: () => void): void {
    const taken = writeNow(fd, chunk);
    const rest = chunk.subarray(taken);
    if (rest.length === 0) return done();
    const next = taken > 0 ? RETRY.first : pause;
    timer = setTimeout(() => pass(rest, Math.min(next * 2, RETRY.longest), done), next);
  }
  return new Writable({
    decodeStrings: true,
    write: (chunk: Buffer, _encoding, callback) => pass(chunk, RETRY.first, callback),
    destroy(error, callback) {
      clearTimeout(timer);
      callback(error);
    },
  });
}

/** How much was taken; all of it when there is nobody any more. */
function writeNow(fd: number, chunk: Buffer): number {
  try {
    return writeSync(fd, chunk);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EAGAIN') return 0;
    if (code === 'EIO') return chunk.length;
    throw error;
  }
}
