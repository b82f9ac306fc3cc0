import { statfs } from 'node:fs/promises';
import path from 'node:path';
import { findProgram } from '../../../exec/find-program.ts';
import { quote } from '../quote.ts';
import type { CheckResult, DoctorContext } from './check.ts';
import { checkDocker } from './docker.ts';

const GIB = 1024 ** 3;
/** Below the first a clone with its image hardly fits; below the second a few of them do not. In bytes. */
const NEEDED = 1 * GIB;
const COMFORTABLE = 10 * GIB;

export async function checkDisk(context: DoctorContext): Promise<CheckResult[]> {
  const { paths } = context;
  const dirs = [...new Set([paths.workspaces, paths.state])];
  const volumes = await Promise.all(dirs.map(async (dir) => ({ dir, ...(await space(dir)) })));
  const seen = new Set<string>();
  const fix = await diskFix(context);
  return volumes
    .filter(({ id }) => !seen.has(id) && seen.add(id))
    .map(({ dir, free, inodes }) => judge(dir, { free, inodes }, fix));
}

/** What shows where the space went: with an engine most of it is in images. */
export async function diskFix(context: DoctorContext): Promise<string> {
  const hasEngine = async (): Promise<boolean> => (await checkDocker(context))[0]?.status === 'ok';
  if (findProgram('docker', context.env) && (await hasEngine()))
    return 'docker system df   (shows what Docker holds; `docker builder prune` frees its build cache)';
  return `du -sh ${quote(context.paths.workspaces)}/*`;
}

/** @param left bytes, and inodes where their number is fixed */
export function judge(dir: string, left: { free: number; inodes?: number | undefined }, fix: string): CheckResult {
  const { free, inodes } = left;
  const name = 'disk space';
  const message = `${(free / GIB).toFixed(1)} GiB free for ${dir}`;
  if (free < NEEDED) return { name, status: 'missing', message, fix };
  if (inodes !== undefined && inodes < 100_000) {
    return { name, status: 'warning', message: `${message}, but only ${inodes} inodes`, fix };
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
