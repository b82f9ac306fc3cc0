import path from 'node:path';
import { listDirectory } from './list-directory.ts';

/** How far it is looked: a start does not wait for the end of a /tmp that is very full. */
export interface SearchLimits {
  /** 1: only what lies in the directory itself. */
  depth: number;
  /** Of one directory. */
  entries: number;
  entriesInAll: number;
}

const LIMITS: SearchLimits = { depth: 3, entries: 5_000, entriesInAll: 20_000 };

/**
 * Paths of the sockets in a directory and those below it, nearest first. Follows no links, and passes over what it may not read.
 * @param skipped are not looked at
 */
export async function findSockets(root: string, skipped: string[], limits = LIMITS): Promise<string[]> {
  const skip = new Set(skipped);
  const found: string[] = [];
  let left = limits.entriesInAll;
  let level = [root];
  for (let depth = 1; depth <= limits.depth; depth += 1) {
    const next: string[] = [];
    for (const dir of level) {
      const entries = await listDirectory(dir, Math.min(left, limits.entries));
      left -= entries.length;
      const files = entries.map((entry) => ({ entry, file: path.join(dir, entry.name) }));
      const wanted = files.filter(({ file }) => !skip.has(file));
      found.push(...wanted.filter(({ entry }) => entry.isSocket()).map(({ file }) => file));
      next.push(...wanted.filter(({ entry }) => entry.isDirectory()).map(({ file }) => file));
    }
    level = next;
  }
  return found;
}
