import { openSync, readSync } from 'node:fs';

const PAGE = Buffer.allocUnsafe(65_536);
const MAX_BYTES = 4 * 1024 * 1024;

/**
 * A file under /proc that is read again and again; stays open. Gives '' where there is no such file (no IPv6, say). Reads no further than the
 * piece of which `isLast` says so.
 */
export function procFile(path: string, isLast: (piece: string) => boolean = () => false): () => string {
  const fd = openIfThere(path);
  if (fd === undefined) return () => '';
  return () => {
    let text = '';
    while (text.length < MAX_BYTES) {
      const piece = PAGE.toString('latin1', 0, readSync(fd, PAGE, 0, PAGE.length, text.length));
      text += piece;
      if (piece === '' || isLast(piece)) break;
    }
    return text;
  };
}

function openIfThere(path: string): number | undefined {
  try {
    return openSync(path, 'r');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
