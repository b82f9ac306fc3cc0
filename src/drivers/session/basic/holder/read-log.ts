import { closeSync, constants, openSync, readFileSync } from 'node:fs';
import type { PaneLog } from './pane-log.ts';

/**
 * What a pane's log has, oldest first. At once, so that nothing is written meanwhile: it is two megabytes at most. A file that
 * cannot be read adds nothing, as one that could not be written.
 */
export function readLog({ files }: Pick<PaneLog, 'files'>): Buffer {
  return Buffer.concat(files.map(contentsOf));
}

function contentsOf(file: string): Buffer {
  let descriptor: number | undefined;
  try {
    descriptor = openSync(file, constants.O_RDONLY | constants.O_NOFOLLOW);
    return readFileSync(descriptor);
  } catch {
    return Buffer.alloc(0);
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}
