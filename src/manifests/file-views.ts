import path from 'node:path';
import type { Clock } from '../clock/clock.ts';
import type { ManifestDocument, ManifestError } from './load.ts';
import { readManifest } from './read-manifest.ts';
import type { ReadManifest } from './read-manifest.ts';
import type { FoundFile } from './scan.ts';

/** What is known of a manifest file that is there. */
export type FileView = PendingFile | InvalidFile | ValidFile;

/** Somebody may still be writing it. */
export interface PendingFile {
  path: string;
  state: 'pending';
}

export interface InvalidFile {
  path: string;
  state: 'invalid';
  errors: ManifestError[];
}

export interface ValidFile {
  path: string;
  state: 'valid';
  /** SHA-256 of the content. */
  hash: string;
  /** Differs once the file was written again, even with the same content. */
  signature: string;
  documents: ManifestDocument[];
}

export interface Quiet {
  /** A file is whole when it has not changed for so many milliseconds, */
  whole: number;
  /** and one that looks half-written, when it has not changed for so many. */
  doubtful: number;
}

export interface FileViews {
  /** Reads what has changed. `again`: milliseconds after which a pending file is worth another look. */
  look(found: readonly FoundFile[]): Promise<{ views: FileView[]; again?: number }>;
}

interface Entry {
  signature: string;
  seenAt: number;
  read?: ReadManifest;
}

interface Options {
  directory: string;
  home: string;
  clock: Clock;
  quiet: Quiet;
}

export function createFileViews(options: Options): FileViews {
  const entries = new Map<string, Entry>();

  const entryOf = (file: FoundFile): Entry => {
    const known = entries.get(file.path);
    if (known?.signature === file.signature) return known;
    const entry = { signature: file.signature, seenAt: options.clock.now() };
    entries.set(file.path, entry);
    return entry;
  };

  return {
    async look(found) {
      const there = new Set(found.map((file) => file.path));
      for (const known of entries.keys()) if (!there.has(known)) entries.delete(known);
      const looks: { view: FileView; again?: number }[] = [];
      for (const file of found) looks.push(await lookAt(file, entryOf(file), options));
      const waits = looks.flatMap(({ again }) => again ?? []);
      return { views: looks.map(({ view }) => view), ...(waits.length > 0 && { again: Math.min(...waits) }) };
    },
  };
}

async function lookAt(file: FoundFile, entry: Entry, options: Options): Promise<{ view: FileView; again?: number }> {
  const now = options.clock.now();
  const unchangedFor = Math.max(now - entry.seenAt, now - file.changedAt);
  const pending = (needed: number): { view: FileView; again: number } => ({
    view: { path: file.path, state: 'pending' },
    again: Math.ceil(needed - unchangedFor),
  });
  if (unchangedFor < options.quiet.whole) return pending(options.quiet.whole);

  const read = entry.read ?? (await readManifest(path.join(options.directory, file.path), options.home));
  // What could not be read has no hash; it is tried again each time, since that may pass without a change of the file.
  if (read.hash !== '') entry.read = read;
  const doubtful = read.errors.length > 0 || !read.looksFinished;
  if (doubtful && unchangedFor < options.quiet.doubtful) return pending(options.quiet.doubtful);
  return { view: viewOf(file, read) };
}

function viewOf({ path: file, signature }: FoundFile, { errors, hash, documents }: ReadManifest): FileView {
  if (errors.length > 0) return { path: file, state: 'invalid', errors };
  return { path: file, state: 'valid', hash, signature, documents };
}
