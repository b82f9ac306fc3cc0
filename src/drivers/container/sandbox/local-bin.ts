import { mkdirSync, readdirSync, readlinkSync, symlinkSync } from 'node:fs';
import type { Dirent } from 'node:fs';
import path from 'node:path';
import { isWithin } from '../mount-rules.ts';
import { isAbsence } from './read-file.ts';

/** Where the host's own directory of that name can be seen inside. */
const HOSTS = '/run/dual/local';
const TOOLS = '/run/dual/tools/bin';

/**
 * Makes `dir` what `/usr/local/bin` is to be where the kernel lays no directory over another: links to the tools and, for all other
 * names, to the programs that are in `local`, the host's own directory.
 */
export function makeLocalBin(dir: string, { tools, local }: { tools: string; local: string }): void {
  mkdirSync(dir, { mode: 0o755 });
  const provided = new Set(entriesOf(path.join(tools, 'bin')).map(({ name }) => name));
  for (const name of provided) symlinkSync(path.join(TOOLS, name), path.join(dir, name));
  for (const entry of entriesOf(local)) {
    if (!provided.has(entry.name)) symlinkSync(targetOf(entry, local), path.join(dir, entry.name));
  }
}

/** A link of the host's is led on to where it leads: from another directory it would lead elsewhere. */
function targetOf(entry: Dirent, local: string): string {
  if (!entry.isSymbolicLink()) return path.join(HOSTS, entry.name);
  const target = path.resolve(local, readlinkSync(path.join(local, entry.name)));
  return isWithin(target, local) ? path.join(HOSTS, path.relative(local, target)) : target;
}

function entriesOf(dir: string): Dirent[] {
  try {
    return readdirSync(dir, { withFileTypes: true });
  } catch (error) {
    if (isAbsence(error)) return [];
    throw error;
  }
}
