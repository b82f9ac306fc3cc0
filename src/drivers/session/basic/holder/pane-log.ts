import { constants } from 'node:fs';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import path from 'node:path';

/** A pane's output on disk. */
export interface PaneLog {
  /** Paths, oldest first. */
  files: string[];
  /** Appends. Nothing else may be under way. Never throws: a full disk must not end a session. */
  write(chunk: Buffer): Promise<void>;
  /** Takes the files away. */
  remove(): Promise<void>;
}

/** Bytes of one file; there are two. */
const LIMIT = 1_048_576;
const { O_WRONLY, O_CREAT, O_TRUNC, O_NOFOLLOW } = constants;

/** Nothing is there before the first piece. @param warn told of the first failure in a row */
export function createPaneLog(
  { current, previous }: { current: string; previous: string },
  warn: (message: string) => void,
): PaneLog {
  let file: FileHandle | undefined;
  let size = 0;
  let failing = false;

  async function begin(): Promise<FileHandle> {
    await mkdir(path.dirname(current), { recursive: true, mode: 0o700 });
    size = 0;
    return open(current, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW, 0o600);
  }
  async function rotate(): Promise<void> {
    await close();
    await rename(current, previous);
  }
  async function close(): Promise<void> {
    const open = file;
    file = undefined;
    await open?.close();
  }
  async function append(chunk: Buffer): Promise<void> {
    if (size > 0 && size + chunk.length > LIMIT) await rotate();
    file ??= await begin();
    await file.appendFile(chunk);
    size += chunk.length;
  }

  return {
    files: [previous, current],
    async write(chunk) {
      try {
        await append(chunk);
        failing = false;
      } catch (error) {
        if (!failing) warn(`${current} cannot be written: ${(error as Error).message}`);
        failing = true;
        // Whatever is amiss with it, the next one starts anew.
        await close().catch(() => undefined);
        size = 0;
      }
    },
    async remove() {
      await close();
      await Promise.all([current, previous].map((one) => rm(one, { force: true })));
    },
  };
}
