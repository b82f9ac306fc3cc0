import { open, readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import type { Container } from '../driver.ts';
import { lastLine } from '../../../exec/run.ts';
import { isPlain, sandboxFiles } from './files.ts';
import type { SandboxFiles } from './files.ts';
import { livenessOf } from './liveness.ts';
import { isAbsence, readIfThere } from './read-file.ts';
import { readRecord } from './record.ts';
import type { SandboxRecord } from './record.ts';

/** Name of the guest's socket in the directory that it shares with the host. */
export const SOCKET_NAME = 's';
/** As a shell has it for SIGKILL: what ended without a word was killed. */
const KILLED = 137;
/** Bytes of a log that are looked at. */
const TAIL = 4096;

/** Sandboxes of one install, from their files alone. Reads only. */
export interface Sandboxes {
  byUid(uid: string): Promise<Container | undefined>;
  all(): Promise<Container[]>;
}

export function createSandboxes(root: string, install: string): Sandboxes {
  const byUid = async (uid: string): Promise<Container | undefined> => {
    if (!isPlain(uid)) return undefined;
    const files = sandboxFiles(root, uid);
    const record = await readRecord(files);
    return record?.install === install ? unlessRemoved(containerOf(files, record)) : undefined;
  };
  return {
    byUid,
    async all() {
      const found = await Promise.all((await sandboxUids(root)).map(byUid));
      return found.filter((container) => container !== undefined);
    },
  };
}

/** Of all installs, half-made ones too. */
export async function sandboxUids(root: string): Promise<string[]> {
  try {
    return (await readdir(root)).filter(isPlain);
  } catch (error) {
    if (isAbsence(error)) return [];
    throw error;
  }
}

/** It may be removed while it is looked at. */
async function unlessRemoved<T>(reading: Promise<T>): Promise<T | undefined> {
  try {
    return await reading;
  } catch (error) {
    if (isAbsence(error)) return undefined;
    throw error;
  }
}

async function containerOf(files: SandboxFiles, record: SandboxRecord): Promise<Container> {
  const { state } = await livenessOf(files);
  const { owner, id, name, specHash, guestDir } = record;
  return {
    owner,
    id,
    name,
    running: state === 'running',
    ...(state !== 'new' && { startedAt: (await stat(files.run)).mtime.toISOString() }),
    ...(state === 'ended' && (await ending(files))),
    specHash,
    notices: JSON.parse((await readIfThere(files.notices)) ?? '[]') as string[],
    guest: { socket: path.join(guestDir, SOCKET_NAME) },
  };
}

async function ending(files: SandboxFiles): Promise<Pick<Container, 'exitCode' | 'error'>> {
  const text = ((await readIfThere(files.exit)) ?? '').trim();
  const exitCode = /^\d+$/.test(text) ? Number(text) : KILLED;
  const error = exitCode === 0 ? '' : lastLine(await logTail(files));
  return { exitCode, ...(error && { error }) };
}

/** The end of what was written to its log since its last start. */
export async function logTail(files: Pick<SandboxFiles, 'log'>): Promise<string> {
  const log = await open(files.log, 'r').catch((error: unknown) => {
    if (isAbsence(error)) return undefined;
    throw error;
  });
  if (!log) return '';
  try {
    const { size } = await log.stat();
    const { buffer, bytesRead } = await log.read(Buffer.alloc(TAIL), 0, TAIL, Math.max(0, size - TAIL));
    return buffer.toString('utf8', 0, bytesRead);
  } finally {
    await log.close();
  }
}
