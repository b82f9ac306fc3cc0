import { statfs } from 'node:fs/promises';
import path from 'node:path';
import type { CheckResult, DoctorContext } from './check.ts';

const GIB = 1024 ** 3;
/** Below the first a clone with its image hardly fits; below the second a few of them do not. In bytes. */
const NEEDED = 1 * GIB;
const COMFORTABLE = 10 * GIB;

export async function checkDisk({ paths }: DoctorContext): Promise<CheckResult[]> {
  const dirs = [...new Set([paths.workspaces, paths.state])];
  const volumes = await Promise.all(dirs.map(async (dir) => ({ dir, ...(await space(dir)) })));
  const seen = new Set<string>();
  return volumes
    .filter(({ id }) => !seen.has(id) && seen.add(id))
    .map(({ dir, free, inodes }) => judge(dir, free, inodes));
}

export function judge(dir: string, free: number, freeInodes: number | undefined): CheckResult {
  const name = 'disk space';
  const message = `${(free / GIB).toFixed(1)} GiB free for ${dir}`;
  const fix = 'docker system df   (shows what Docker holds; `docker builder prune` frees its build cache)';
  if (free < NEEDED) return { name, status: 'missing', message, fix };
  if (freeInodes !== undefined && freeInodes < 100_000) {
    return { name, status: 'warning', message: `${message}, but only ${freeInodes} inodes`, fix };
  }
  if (free < COMFORTABLE) return { name, status: 'warning', message, fix };
  return { name, status: 'ok', message };
}

/** Of the file system that holds `dir`, or will. `id` is the same for two directories on one of them. */
async function space(dir: string): Promise<{ id: string; free: number; inodes: number | undefined }> {
  try {
    const { type, blocks, bsize, bavail, files, ffree } = await statfs(dir);
    // Some file systems (btrfs) have no fixed number of inodes and report none.
    return { id: `${type}:${blocks}:${bavail}`, free: bavail * bsize, inodes: files > 0 ? ffree : undefined };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    return space(path.dirname(dir));
  }
}
