import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { packageRoot } from '../../src/config/package-root.ts';

/** The files of an application below test/e2e/fixtures, by path. */
export function fixtureFiles(name: string): Record<string, string> {
  const dir = path.join(packageRoot(), 'test/e2e/fixtures', name);
  const files = readdirSync(dir, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const names = files.map((entry) => path.relative(dir, path.join(entry.parentPath, entry.name)));
  return Object.fromEntries(names.map((file) => [file, readFileSync(path.join(dir, file), 'utf8')]));
}
