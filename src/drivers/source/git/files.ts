import { lstat } from 'node:fs/promises';

/** Whether anything is there, a link that leads nowhere included. */
export async function exists(file: string): Promise<boolean> {
  return (await lstat(file).catch(undefinedIfGone)) !== undefined;
}

/** For `catch`: something that is not there is no error. */
export function undefinedIfGone(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT' && error.code !== 'ENOTDIR') throw error;
}
