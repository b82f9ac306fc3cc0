import { constants } from 'node:fs';
import { open, realpath, stat } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import path from 'node:path';
import type { RelevantFile } from './requirement.ts';
import { unknownVersion } from './unknown-version.ts';

/**
 * Texts of those files that are there. What is no regular file, or lies outside the worktree, counts as not there. Never blocks on a
 * pipe, and never reads more than each file's limit.
 * @throws StalledError UnknownVersion when one is larger than what such a file may be
 */
export async function readRepoFiles(worktree: string, files: RelevantFile[]): Promise<Map<string, string>> {
  const root = await realpath(worktree);
  const texts = await Promise.all(files.map(async (file) => [file.path, await readInside(root, file)] as const));
  return new Map(texts.filter((entry): entry is [string, string] => entry[1] !== undefined));
}

/** Changes whenever one of those files does. Costs one look per file. */
export async function fingerprint(worktree: string, files: RelevantFile[]): Promise<string> {
  const looks = files.map(async (file) => {
    const stats = await stat(path.join(worktree, file.path), { bigint: true }).catch(absent);
    return stats ? [stats.ino, stats.size, stats.mtimeNs, stats.ctimeNs, stats.mode].join(':') : '-';
  });
  return (await Promise.all(looks)).join(' ');
}

async function readInside(root: string, file: RelevantFile): Promise<string | undefined> {
  const real = await realpath(path.join(root, file.path)).catch(absent);
  if (real === undefined || !real.startsWith(root + path.sep)) return undefined;
  // Between the look and this, the last part may have become a link or a pipe: neither is followed or waited for.
  const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
  const handle = await open(real, flags).catch(absent);
  if (!handle) return undefined;
  try {
    return await readRegular(handle, file);
  } finally {
    await handle.close();
  }
}

async function readRegular(handle: FileHandle, file: RelevantFile): Promise<string | undefined> {
  const stats = await handle.stat();
  if (!stats.isFile()) return undefined;
  if (stats.size > file.limit && !file.headOnly) {
    throw unknownVersion(
      file.path,
      `${stats.size} bytes`,
      `it is larger than ${file.limit} bytes, which no such file is`,
    );
  }
  const buffer = Buffer.alloc(Math.min(stats.size, file.limit));
  const { bytesRead } = await handle.read(buffer, 0, buffer.length, 0);
  return buffer.toString('utf8', 0, bytesRead);
}

/** What cannot be seen by this user is not there for Dual either. */
function absent(error: NodeJS.ErrnoException): undefined {
  if (!['ENOENT', 'ENOTDIR', 'ELOOP', 'EACCES', 'ENXIO'].includes(error.code ?? '')) throw error;
  return undefined;
}
