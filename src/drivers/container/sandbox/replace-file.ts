import { randomUUID } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';

interface Content {
  text: string;
  /** Whether it has to be on the disk before it is used. False when left out. */
  durable?: boolean;
}

/** Writes a file of its owner's alone in one step: whoever reads it meanwhile has the old text or the new one. */
export async function replaceFile(file: string, text: string): Promise<void> {
  await withTemporary(file, { text }, (temporary) => rename(temporary, file));
}

/** Makes a complete file beside that one and lets `use` have it. Leaves none, also when the disk is full. */
export async function withTemporary<T>(
  file: string,
  { text, durable = false }: Content,
  use: (temporary: string) => Promise<T>,
): Promise<T> {
  const temporary = `${file}.${randomUUID()}`;
  try {
    const handle = await open(temporary, 'wx', 0o600);
    try {
      await handle.writeFile(text);
      if (durable) await handle.sync();
    } finally {
      await handle.close();
    }
    return await use(temporary);
  } finally {
    await rm(temporary, { force: true });
  }
}
