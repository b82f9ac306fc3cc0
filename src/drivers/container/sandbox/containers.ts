import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import type { Container } from '../driver.ts';
import { isPlain, sandboxFiles } from './files.ts';
import type { SandboxFiles } from './files.ts';
import { livenessOf } from './liveness.ts';
import { lastWords } from './log-file.ts';
import { parseJson } from './parse-json.ts';
import { orAbsent, readIfThere } from './read-file.ts';
import { readRecord } from './record.ts';
import type { SandboxRecord } from './record.ts';

/** Name of the guest's socket in the directory that it shares with the host. */
export const SOCKET_NAME = 's';
/** As a shell has it for SIGKILL: what ended without a word was killed. */
const KILLED = 137;

/** Sandboxes of one install, from their files alone. Reads only. */
export interface Sandboxes {
  byUid(uid: string): Promise<Container | undefined>;
  all(): Promise<Container[]>;
}

/** @param onUnreadable told of each that is left out of all of them, since it cannot be looked at */
export function createSandboxes(
  root: string,
  install: string,
  onUnreadable: (uid: string, error: unknown) => void = () => {},
): Sandboxes {
  const byUid = async (uid: string): Promise<Container | undefined> => {
    if (!isPlain(uid)) return undefined;
    const files = sandboxFiles(root, uid);
    const record = await readRecord(files);
    // It may be removed while it is looked at.
    return record?.install === install ? orAbsent(containerOf(files, record)) : undefined;
  };
  return {
    byUid,
    async all() {
      const orLeftOut = (uid: string): Promise<Container | undefined> =>
        byUid(uid).catch((error: unknown) => void onUnreadable(uid, error));
      const found = await Promise.all((await sandboxUids(root)).map(orLeftOut));
      return found.filter((container) => container !== undefined);
    },
  };
}

/** Of all installs, half-made ones too. */
export async function sandboxUids(root: string): Promise<string[]> {
  return ((await orAbsent(readdir(root))) ?? []).filter(isPlain);
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
    notices: texts(parseJson((await readIfThere(files.notices)) ?? '')),
    guest: { socket: path.join(guestDir, SOCKET_NAME) },
  };
}

function texts(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((entry) => typeof entry === 'string') : [];
}

async function ending(files: SandboxFiles): Promise<Pick<Container, 'exitCode' | 'error'>> {
  const text = ((await readIfThere(files.exit)) ?? '').trim();
  const exitCode = /^\d+$/.test(text) ? Number(text) : KILLED;
  const [error] = exitCode === 0 ? [] : await lastWords(files, 1);
  return { exitCode, ...(error !== undefined && { error }) };
}
