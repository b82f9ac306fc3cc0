import { opendirSync, readFileSync, readlinkSync, type Dir } from 'node:fs';

// All of it at once rather than by the disk threads: /proc has no disk behind it, and each of its answers takes microseconds, of
// which a promise would take more than half. What is gone, or closed to us, reads as if it were empty: processes and what they
// have open go at any moment.

export function readIfThere(file: string): string {
  return ifThere(() => readFileSync(file, 'utf8')) ?? '';
}

/** Where the link leads; undefined as well when that is longer than the kernel can tell. */
export function linkIfThere(file: string): string | undefined {
  return ifThere(() => readlinkSync(file));
}

/** Names in the directory, read on only as they are taken. */
export function* namesIfThere(dir: string): Generator<string> {
  const open = ifThere(() => opendirSync(dir, { bufferSize: 128 }));
  if (!open) return;
  try {
    for (let entry = nextOf(open); entry; entry = nextOf(open)) yield entry.name;
  } finally {
    open.closeSync();
  }
}

function nextOf(dir: Dir): { name: string } | undefined {
  return ifThere(() => dir.readSync()) ?? undefined;
}

const GONE_OR_FOREIGN = new Set(['ENOENT', 'ESRCH', 'EACCES', 'EPERM', 'ENAMETOOLONG']);

function ifThere<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (GONE_OR_FOREIGN.has((error as NodeJS.ErrnoException).code ?? '')) return undefined;
    throw error;
  }
}
