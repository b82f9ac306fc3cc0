import { accessSync, constants } from 'node:fs';
import path from 'node:path';
import type { Pin } from './layout.ts';

/**
 * A cover stays on its directory when a directory above is renamed, and another one could be put at the path that the host goes by. The
 * kernel renames nothing that something is mounted on, so each directory above that this user could rename is mounted on itself.
 * @param hidden without links
 */
export function pinsOf(hidden: string[]): Pin[] {
  const above = new Set(hidden.flatMap(directoriesAbove));
  return [...above].filter((dir) => mayWrite(path.dirname(dir))).map((target) => ({ kind: 'pin', target }));
}

/** Less the root, which has no name to be changed. */
function directoriesAbove(file: string): string[] {
  const dir = path.dirname(file);
  return dir === '/' ? [] : [dir, ...directoriesAbove(dir)];
}

function mayWrite(dir: string): boolean {
  try {
    accessSync(dir, constants.W_OK);
    return true;
  } catch {
    // Not ours to write, on a file system that nobody writes to, or gone: no name in it is changed from inside.
    return false;
  }
}
