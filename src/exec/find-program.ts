import { accessSync, constants } from 'node:fs';
import path from 'node:path';

/** The first executable of that name in the PATH of `env`, then in `more` directories. */
export function findProgram(
  name: string,
  env: Readonly<Record<string, string | undefined>>,
  more: readonly string[] = [],
): string | undefined {
  const dirs = (env['PATH'] ?? '').split(path.delimiter).filter(Boolean);
  return [...dirs, ...more].map((dir) => path.join(dir, name)).find((file) => isExecutable(file));
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    // Absent, or not ours to run: either way it is not a program that can be used.
    return false;
  }
}
