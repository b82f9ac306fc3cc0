import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

let root: string | undefined;

/** The directory of Dual's own package.json, whether it runs from its sources or from dist/. */
export function packageRoot(): string {
  root ??= findUpward(import.meta.dirname);
  return root;
}

export function packageVersion(): string {
  const manifest = JSON.parse(readFileSync(path.join(packageRoot(), 'package.json'), 'utf8')) as { version: string };
  return manifest.version;
}

function findUpward(dir: string): string {
  if (existsSync(path.join(dir, 'package.json'))) return dir;
  const parent = path.dirname(dir);
  if (parent === dir) throw new Error('package.json of dual not found');
  return findUpward(parent);
}
