import { constants } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { createLineReader } from '../line-reader.ts';

/** The last lines of a pane's log files, given oldest first, as text; blank ones at its end are left out. */
export async function readLastLines(files: readonly string[], count: number): Promise<string> {
  const reader = createLineReader();
  const pieces = [...reader.push(await contentsOf(files)), ...reader.end()];
  const lines = pieces.join('').split('\n');
  while (lines.length > 0 && lines.at(-1)?.trim() === '') lines.pop();
  return lines
    .slice(Math.max(lines.length - count, 0))
    .map((line) => line.trimEnd())
    .join('\n');
}

async function contentsOf(files: readonly string[]): Promise<Buffer> {
  const handles = await openTogether(files);
  const contents: Buffer[] = [];
  try {
    for (const handle of handles) if (handle) contents.push(await handle.readFile());
  } finally {
    await close(handles);
  }
  return Buffer.concat(contents);
}

type Handles = (FileHandle | undefined)[];

/** How often it is tried to have files that follow each other: a pane may print so fast that they change names meanwhile. */
const ATTEMPTS = 10;

async function openTogether(files: readonly string[]): Promise<Handles> {
  for (let attempt = 1; ; attempt++) {
    const handles: Handles = [];
    for (const file of files) handles.push(await openIfThere(file));
    const [oldest] = handles;
    const isSame = (await oldest?.stat())?.ino === (await inodeOf(files[0]));
    if (isSame || attempt === ATTEMPTS) return handles;
    await close(handles);
  }
}

async function openIfThere(file: string): Promise<FileHandle | undefined> {
  return ifThere(open(file, constants.O_RDONLY | constants.O_NOFOLLOW));
}

async function inodeOf(file: string | undefined): Promise<number | undefined> {
  return file === undefined ? undefined : (await ifThere(stat(file)))?.ino;
}

async function ifThere<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw error;
  }
}

async function close(handles: Handles): Promise<void> {
  for (const handle of handles) await handle?.close();
}
