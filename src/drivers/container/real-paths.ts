import { realpath } from 'node:fs/promises';

/** Those that can be reached, without links and doubles. */
export async function realPaths(files: string[]): Promise<string[]> {
  const real = await Promise.all(files.filter((file) => file.startsWith('/')).map(reachable));
  return [...new Set(real.filter((file) => file !== undefined))];
}

async function reachable(file: string): Promise<string | undefined> {
  try {
    return await realpath(file);
  } catch (error) {
    // What this user cannot reach, nobody inside can.
    if (['ENOENT', 'ENOTDIR', 'EACCES', 'ELOOP'].includes((error as NodeJS.ErrnoException).code ?? ''))
      return undefined;
    throw error;
  }
}
