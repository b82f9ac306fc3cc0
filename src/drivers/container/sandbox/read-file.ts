import { lstat, readFile } from 'node:fs/promises';

/** The file's text; undefined when there is none. */
export function readIfThere(file: string): Promise<string | undefined> {
  return orAbsent(readFile(file, 'utf8'));
}

/** What becomes of it; undefined when the file in question is not there. */
export async function orAbsent<T>(action: Promise<T>): Promise<T | undefined> {
  try {
    return await action;
  } catch (error) {
    if (isAbsence(error)) return undefined;
    throw error;
  }
}

export function isAbsence(error: unknown): boolean {
  return ['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '');
}

/** Links are not followed. */
export async function isThere(file: string): Promise<boolean> {
  return (await orAbsent(lstat(file))) !== undefined;
}
