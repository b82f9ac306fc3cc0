import { realpath } from 'node:fs/promises';
import type { Directories } from './proc/search.ts';
import type { RoutingTable } from './routing-table.ts';

/** Where the clones really are, links resolved; looked up again once routes have changed. */
export function createDirectories(table: RoutingTable): () => Promise<Directories> {
  let known: { revision: number; found: Promise<Directories> } | undefined;
  return () => {
    const revision = table.revision();
    if (known?.revision !== revision) known = { revision, found: find(table) };
    return known.found;
  };
}

async function find(table: RoutingTable): Promise<Directories> {
  const directories = new Map<string, string>();
  for (const { directory, workspace } of table.routes()) {
    const real = directory === undefined ? undefined : await realPath(directory);
    if (real !== undefined) directories.set(real, workspace);
  }
  return directories;
}

async function realPath(directory: string): Promise<string | undefined> {
  try {
    return await realpath(directory);
  } catch (error) {
    if (['ENOENT', 'EACCES', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return undefined;
    throw error;
  }
}
