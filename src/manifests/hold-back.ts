import type { LedgerFile } from './ledger.ts';

export interface Vanished {
  file: LedgerFile;
  /** When it was first seen to be gone. Milliseconds since the epoch. */
  since: number;
}

export interface Surroundings {
  ledgerFiles: readonly LedgerFile[];
  vanished: readonly Vanished[];
  /** Manifest files that are there. */
  present: readonly string[];
  /** Directories that are there, '' for the watched one. */
  directories: readonly string[];
  /** Whether the watched directory lies on another file system than when manifests were last seen in it. */
  otherDevice: boolean;
}

/** How far apart files may vanish to count as one happening. Milliseconds. */
const AT_ONCE = 500;

/**
 * The files whose vanishing is taken for an accident (a disk that was unmounted, a checkout in progress): a directory that is
 * still there lost every manifest below it, two or more, all at once. A single one is a plain removal, unless the disk
 * under it is another. Pure.
 */
export function heldBack(around: Surroundings): LedgerFile[] {
  const sinceOf = new Map(around.vanished.map(({ file, since }) => [file, since]));
  const held = new Set<LedgerFile>();
  for (const directory of around.directories) {
    if (around.present.some((file) => isBelow(file, directory))) continue;
    const known = around.ledgerFiles.filter((file) => !file.held && isBelow(file.path, directory));
    const times = known.flatMap((file) => sinceOf.get(file) ?? []);
    if (times.length < known.length || !isAccident(times, around.otherDevice)) continue;
    for (const file of known) held.add(file);
  }
  return [...held];
}

function isAccident(times: number[], otherDevice: boolean): boolean {
  if (otherDevice) return times.length > 0;
  return times.length > 1 && Math.max(...times) - Math.min(...times) <= AT_ONCE;
}

function isBelow(file: string, directory: string): boolean {
  return directory === '' || file.startsWith(`${directory}/`);
}
