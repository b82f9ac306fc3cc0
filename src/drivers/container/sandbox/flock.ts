import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { searchPath } from './programs.ts';
import { orAbsent } from './read-file.ts';

/** Of the program, when somebody else has the lock. */
const TAKEN = 1;

/**
 * Does something while this process alone has the kernel's lock of a file or directory. The lock goes with the process, however that ends.
 * @returns undefined when another has the lock, or when there is no such file
 */
export async function whileLocked<T>(file: string, work: (handle: FileHandle) => Promise<T>): Promise<T | undefined> {
  // Not waiting, should it be a FIFO.
  const handle = await orAbsent(open(file, constants.O_RDONLY | constants.O_NONBLOCK));
  if (!handle) return undefined;
  try {
    return (await lock(handle)) ? await work(handle) : undefined;
  } finally {
    await handle.close();
  }
}

/** Whether somebody else has that lock. */
export async function isLocked(file: string): Promise<boolean> {
  const handle = await orAbsent(open(file, constants.O_RDONLY | constants.O_NONBLOCK));
  if (!handle) return false;
  try {
    return !(await lock(handle));
  } finally {
    await handle.close();
  }
}

/** The lock belongs to the open file, which the program has from this process: it stays when the program has ended. */
async function lock(handle: FileHandle): Promise<boolean> {
  const child = spawn('flock', ['-n', '3'], {
    env: { PATH: searchPath(undefined) },
    stdio: ['ignore', 'ignore', 'ignore', handle.fd],
  });
  const [code] = (await once(child, 'exit')) as [number | null];
  if (code !== 0 && code !== TAKEN) throw new Error(`flock ended with ${code ?? 'a signal'}`);
  return code === 0;
}
