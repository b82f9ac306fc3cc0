import { randomBytes } from 'node:crypto';
import { link, rename } from 'node:fs/promises';
import path from 'node:path';
import type { ContainerSpec, Owner } from '../driver.ts';
import type { SandboxFiles } from './files.ts';
import { parseJson } from './parse-json.ts';
import { readIfThere } from './read-file.ts';
import { withTemporary } from './replace-file.ts';

/** What is kept of a sandbox from its making to its removal. Nothing of its environment. */
export interface SandboxRecord {
  install: string;
  id: string;
  owner: Owner;
  name: string;
  specHash: string;
  guestDir: string;
}

const FIELDS = ['install', 'id', 'name', 'specHash', 'guestDir'] as const;
const OWNER_FIELDS = ['uid', 'workspace', 'project'] as const;

/** Undefined when there is none, or nothing that could be one: that sandbox is made anew. */
export async function readRecord(files: Pick<SandboxFiles, 'dir' | 'spec'>): Promise<SandboxRecord | undefined> {
  const record = parseJson((await readIfThere(files.spec)) ?? '');
  return isRecord(record) && record.owner.uid === path.basename(files.dir) ? record : undefined;
}

function isRecord(value: unknown): value is SandboxRecord {
  return hasTexts(value, FIELDS) && 'owner' in value && hasTexts(value.owner, OWNER_FIELDS);
}

function hasTexts(value: unknown, names: readonly string[]): value is object {
  if (typeof value !== 'object' || value === null) return false;
  const fields = value as Record<string, unknown>;
  return names.every((name) => typeof fields[name] === 'string');
}

/** Makes the record in one step. When somebody else was quicker, theirs is given back. */
export async function createRecord(files: SandboxFiles, spec: ContainerSpec, install: string): Promise<SandboxRecord> {
  const { owner, name, specHash, guestDir } = spec;
  const id = randomBytes(16).toString('hex');
  const record: SandboxRecord = { install, id, owner, name, specHash, guestDir };
  return withTemporary(files.spec, { text: JSON.stringify(record), durable: true }, async (temporary) => {
    try {
      await link(temporary, files.spec);
      return record;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    const existing = await readRecord(files);
    if (existing) return existing;
    await rename(temporary, files.spec);
    return record;
  });
}
