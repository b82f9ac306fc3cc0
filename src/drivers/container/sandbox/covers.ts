import { createHash } from 'node:crypto';
import { lstatSync } from 'node:fs';
import path from 'node:path';
import { realPaths } from './hidden-paths.ts';
import type { Cover } from './layout.ts';

/** A file with nothing in it, in a sandbox's directory. */
export const NOTHING = 'nothing';

/**
 * What a sandbox has of its own in the place of the host's, and what takes the place of that which it must not see: a directory by an
 * empty one, anything else by an empty file. Sources lie in `dir`, the sandbox's directory.
 */
export async function sandboxCovers(dir: string, hidden: string[]): Promise<Cover[]> {
  const own: [target: string, source: string, writable: boolean][] = [
    ['/dev', 'dev', false],
    ['/run', 'run', true],
    // Nearly always a link to /run.
    ['/var/run', 'run', true],
    ['/tmp', 'tmp', true],
    ['/var/tmp', 'var-tmp', true],
  ];
  const covers = new Map<string, Cover>();
  for (const [file, source, writable] of own) {
    const [target] = await realPaths([file]);
    if (target === undefined || covers.has(target)) continue;
    covers.set(target, { kind: 'cover', target, source: path.join(dir, source), writable });
  }
  for (const target of hidden) {
    if (!covers.has(target))
      covers.set(target, { kind: 'cover', target, source: emptyFor(dir, target), writable: false });
  }
  return [...covers.values()];
}

/** A directory of its own for each, since something of the host's may be shown in it. */
function emptyFor(dir: string, target: string): string {
  if (!lstatSync(target).isDirectory()) return path.join(dir, NOTHING);
  return path.join(dir, 'covers', createHash('sha256').update(target).digest('hex').slice(0, 16));
}
