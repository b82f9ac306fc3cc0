import type { Dirent } from 'node:fs';
import { opendir } from 'node:fs/promises';

/** What cannot be looked into, or has gone since it was found: there is nothing to be had there. */
const CLOSED = ['EACCES', 'EPERM', 'ENOENT', 'ENOTDIR', 'ELOOP', 'EIO', 'ESTALE'];

/** The first entries of a directory, in its own order; none when it cannot be read. */
export async function listDirectory(dir: string, limit: number): Promise<Dirent[]> {
  const entries: Dirent[] = [];
  try {
    for await (const entry of await opendir(dir, { bufferSize: 512 })) {
      if (entries.length >= limit) break;
      entries.push(entry);
    }
  } catch (error) {
    if (!CLOSED.includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
  }
  return entries;
}
