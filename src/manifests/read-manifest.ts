import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { loadManifest, MAX_MANIFEST_SIZE, tooLarge } from './load.ts';
import type { LoadedManifest } from './load.ts';

export interface ReadManifest extends LoadedManifest {
  /** SHA-256 of the content; of nothing when it could not be read. */
  hash: string;
  /** Whether it ends as a finished file does: with a line end, or with the bracket that ends JSON. */
  looksFinished: boolean;
}

/** Reads and loads a manifest file. Throws for nothing that a file can be: every trouble is among the errors. */
export async function readManifest(file: string, home: string): Promise<ReadManifest> {
  let content: Buffer;
  try {
    content = await readRegularFile(file);
  } catch (error) {
    return failure(file, (error as Error).message);
  }
  const hash = createHash('sha256').update(content).digest('hex');
  const text = decode(content);
  if (text === undefined) return { ...failure(file, 'the file is not UTF-8 text'), hash };
  if (text.trim() === '')
    return { ...failure(file, 'the file is empty; remove it if nothing is to be declared'), hash };
  return { ...loadManifest(text, { file, home }), hash, looksFinished: /[\n\r}\]]$/.test(text) };
}

/** Never waits for a pipe's other end, and never takes in more than a manifest may have. */
async function readRegularFile(file: string): Promise<Buffer> {
  const handle = await open(file, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const stats = await handle.stat();
    if (!stats.isFile()) throw new Error('this is not a regular file');
    if (stats.size > MAX_MANIFEST_SIZE) throw new Error(tooLarge(stats.size));
    return await handle.readFile();
  } finally {
    await handle.close();
  }
}

function decode(content: Buffer): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(content);
  } catch (error) {
    if (error instanceof TypeError) return undefined;
    throw error;
  }
}

function failure(file: string, message: string): ReadManifest {
  return { documents: [], errors: [{ file, message }], hash: '', looksFinished: false };
}
