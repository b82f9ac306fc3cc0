import type { Stats } from 'node:fs';
import { lstat, readdir, realpath, stat } from 'node:fs/promises';
import path from 'node:path';

/** A manifest file that is there. */
export interface FoundFile {
  /** Relative to the watched directory, with `/`. */
  path: string;
  /** Differs when the content may differ. */
  signature: string;
  /** When anything about it changed last, by the file system. Milliseconds since the epoch. */
  changedAt: number;
}

export interface UnreadablePath {
  path: string;
  message: string;
}

export interface AvailableScan {
  available: true;
  /** Of the file system that the directory is on. */
  device: number;
  inode: number;
  files: FoundFile[];
  /** Directories that are there, relative; the watched one is ''. */
  directories: string[];
  /** Files, directories and links that are there and cannot be looked at. What is below them is unknown, not gone. */
  unreadable: UnreadablePath[];
}

export type Scan = AvailableScan | { available: false; message: string };

const MAX_LEVELS = 16;

/** Whether a file of that name is a manifest; hidden ones and those that editors leave for a moment are not. */
export function isManifestName(name: string): boolean {
  return /\.(ya?ml|json)$/i.test(name) && !isIgnoredName(name);
}

/** Of files and directories. */
export function isIgnoredName(name: string): boolean {
  return name.startsWith('.') || name.startsWith('#');
}

/** Lists the manifests in the directory and below it. Links are followed, to a directory further up not again. */
export async function scanDirectory(directory: string): Promise<Scan> {
  try {
    const { dev, ino } = await stat(directory);
    const scan: AvailableScan = {
      available: true,
      device: dev,
      inode: ino,
      files: [],
      directories: [],
      unreadable: [],
    };
    await scanInto(scan, { directory, relative: '', above: [] });
    return scan;
  } catch (error) {
    return { available: false, message: (error as Error).message };
  }
}

interface Place {
  directory: string;
  relative: string;
  /** Real paths of the directories on the way here. */
  above: string[];
}

async function scanInto(scan: AvailableScan, place: Place): Promise<void> {
  const real = await realpath(place.directory);
  if (place.above.includes(real) || place.above.length > MAX_LEVELS) return;
  const names = (await readdir(place.directory)).filter((name) => !isIgnoredName(name)).sort();
  scan.directories.push(place.relative);
  for (const name of names) {
    const relative = place.relative === '' ? name : `${place.relative}/${name}`;
    try {
      const file = path.join(place.directory, name);
      const stats = await stat(file);
      if (stats.isDirectory()) await scanInto(scan, { directory: file, relative, above: [...place.above, real] });
      else if (isManifestName(name)) scan.files.push(foundFile(relative, stats));
    } catch (error) {
      if (await isThere(path.join(place.directory, name))) {
        scan.unreadable.push({ path: relative, message: (error as Error).message });
      }
    }
  }
}

/** Tells a link to nowhere from a file that was removed since the directory was read. */
async function isThere(file: string): Promise<boolean> {
  try {
    await lstat(file);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ENOENT';
  }
}

function foundFile(relative: string, stats: Stats): FoundFile {
  const signature = [stats.dev, stats.ino, stats.size, stats.mtimeMs, stats.ctimeMs, stats.mode].join(':');
  return { path: relative, signature, changedAt: Math.max(stats.mtimeMs, stats.ctimeMs) };
}
