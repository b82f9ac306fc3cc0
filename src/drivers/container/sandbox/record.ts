import { randomBytes } from 'node:crypto';
import { link, rm, writeFile } from 'node:fs/promises';
import type { ContainerSpec, Owner } from '../driver.ts';
import type { SandboxFiles } from './files.ts';
import { readIfThere } from './read-file.ts';

/** What is kept of a sandbox from its making to its removal. Nothing of its environment. */
export interface SandboxRecord {
  install: string;
  id: string;
  owner: Owner;
  name: string;
  specHash: string;
  guestDir: string;
}

/** Undefined when there is none. */
export async function readRecord(files: SandboxFiles): Promise<SandboxRecord | undefined> {
  const text = await readIfThere(files.spec);
  return text === undefined ? undefined : (JSON.parse(text) as SandboxRecord);
}

/** Makes the record in one step. When somebody else was quicker, theirs is given back. */
export async function createRecord(files: SandboxFiles, spec: ContainerSpec, install: string): Promise<SandboxRecord> {
  const { owner, name, specHash, guestDir } = spec;
  const id = randomBytes(16).toString('hex');
  const record: SandboxRecord = { install, id, owner, name, specHash, guestDir };
  const temporary = `${files.spec}.${id}`;
  await writeFile(temporary, JSON.stringify(record), { mode: 0o600 });
  try {
    await link(temporary, files.spec);
    return record;
  } catch (error) {
    const existing = (error as NodeJS.ErrnoException).code === 'EEXIST' ? await readRecord(files) : undefined;
    if (!existing) throw error;
    return existing;
  } finally {
    await rm(temporary);
  }
}
