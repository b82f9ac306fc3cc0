import { readFile } from 'node:fs/promises';
import path from 'node:path';

/** The kernel's tables of TCP sockets, one text a family. Not at once like the rest: they are long on a busy machine. */
export function readTables(procDir: string): Promise<string[]> {
  return Promise.all(['tcp', 'tcp6'].map((name) => readTable(path.join(procDir, 'self/net', name))));
}

async function readTable(file: string): Promise<string> {
  try {
    return await readFile(file, 'latin1');
  } catch (error) {
    // A kernel without that family, or no Linux.
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw error;
  }
}
