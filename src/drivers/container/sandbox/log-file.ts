import { constants } from 'node:fs';
import { open, stat, writeFile } from 'node:fs/promises';
import { stripVTControlCharacters } from 'node:util';
import type { SandboxFiles } from './files.ts';
import { orAbsent } from './read-file.ts';

/** Bytes of a log that are looked at. */
const TAIL = 4096;
/** Bytes from which on a log is cut: whatever runs inside can write to it without an end. */
const LIMIT = 1024 * 1024;
/** Characters of a line that are shown. */
const SHOWN = 300;

/** The end of what was written to its log since its last start. */
async function logTail({ log: file }: Pick<SandboxFiles, 'log'>): Promise<string> {
  const log = await orAbsent(open(file, 'r'));
  if (!log) return '';
  try {
    const { size } = await log.stat();
    const { buffer, bytesRead } = await log.read(Buffer.alloc(TAIL), 0, TAIL, Math.max(0, size - TAIL));
    return buffer.toString('utf8', 0, bytesRead);
  } finally {
    await log.close();
  }
}

/** The lines that say something, last ones, fit for messages: what is inside has a hand in them. */
export async function lastWords(files: Pick<SandboxFiles, 'log'>, lines: number): Promise<string[]> {
  const said = (await logTail(files)).split(/[\r\n]+/).map((line) => printable(line).trim());
  return said.filter((line) => line !== '').slice(-lines);
}

function printable(line: string): string {
  return stripVTControlCharacters(line).slice(0, SHOWN).replace(/\p{C}/gu, '?');
}

/** Keeps no more than its end when it has grown too long. Those who write to it append, and so go on from there. */
export async function limitLog(files: Pick<SandboxFiles, 'log'>): Promise<void> {
  const found = await orAbsent(stat(files.log));
  if (!found || found.size <= LIMIT) return;
  const tail = await logTail(files);
  // Not made anew, should it be removed just now.
  await orAbsent(writeFile(files.log, tail, { flag: constants.O_WRONLY | constants.O_TRUNC }));
}
