import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { CommandError, run } from '../../exec/run.ts';
import type { Environment } from '../npm-cli.ts';

const TIMEOUT = 10_000;

/**
 * Versions of Python on this machine: that of `python3`, an absolute path; or where a version manager has put something in its place
 * which decides by directory, all those that it has.
 */
export async function hostPythons(python3: string, env: Environment): Promise<string[]> {
  const managed = await managedVersions(path.dirname(python3));
  if (managed.length > 0) return managed;
  try {
    // Not in a repo, which may hold files that Python or a version manager minds.
    const { stdout } = await run(python3, ['--version'], { env, cwd: '/', timeout: TIMEOUT });
    return /^Python (\d+\.\d+\.\d+)/.exec(stdout)?.slice(1) ?? [];
  } catch (error) {
    if (error instanceof CommandError) return [];
    throw error;
  }
}

/** Beside the shims of pyenv, and of asdf and mise. */
const VERSIONS = ['../versions', '../installs/python'];

async function managedVersions(dir: string): Promise<string[]> {
  if (path.basename(dir) !== 'shims') return [];
  const lists = VERSIONS.map((versions) => readdir(path.resolve(dir, versions)).catch(() => []));
  const names = (await Promise.all(lists)).flat();
  return names
    .filter((name) => /^\d+\.\d+\.\d+$/.test(name))
    .sort((a, b) => a.localeCompare(b, 'en', { numeric: true }));
}
