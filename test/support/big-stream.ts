import { createHash, randomBytes } from 'node:crypto';
import { Readable, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

/** More than any buffer on the way takes: random bytes, and their hash. */
export interface BigStream {
  open(): Readable;
  sha256: string;
}

export function bigStream(megabytes: number): BigStream {
  const block = randomBytes(1024 * 1024);
  const hash = createHash('sha256');
  for (let i = 0; i < megabytes; i += 1) hash.update(block);
  const blocks = function* (): Generator<Buffer> {
    for (let i = 0; i < megabytes; i += 1) yield block;
  };
  return { open: () => Readable.from(blocks()), sha256: hash.digest('hex') };
}

export async function sha256Of(stream: Readable): Promise<string> {
  const hash = createHash('sha256');
  const sink = new Writable({
    write(chunk: Buffer, _encoding, done) {
      hash.update(chunk);
      done();
    },
  });
  await pipeline(stream, sink);
  return hash.digest('hex');
}
