import { mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { build } from 'esbuild';
import { packageRoot } from '../../src/config/package-root.ts';

/** Among the packages, which the bundles leave outside of themselves; of this process alone. */
const dir = path.join(packageRoot(), `node_modules/.cache/dual/bundles-${process.pid}`);
const made = new Map<string, Promise<string>>();

/**
 * A program of the project's, as the sources are now, in one file that Node runs as it is: a process that has to translate its sources
 * first starts half a second later. Made once for all tests of a worker.
 * @param entry relative to the repo, as in `src/cli/dual/main.ts`
 */
export function bundleOf(entry: string): Promise<string> {
  const known = made.get(entry) ?? bundle(entry);
  made.set(entry, known);
  return known;
}

async function bundle(entry: string): Promise<string> {
  if (made.size === 0) {
    mkdirSync(dir, { recursive: true });
    process.once('exit', () => rmSync(dir, { recursive: true, force: true }));
  }
  const outfile = path.join(dir, `${entry.replaceAll('/', '-')}.mjs`);
  await build({
    entryPoints: [path.join(packageRoot(), entry)],
    outfile,
    bundle: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    target: 'node20',
    logLevel: 'error',
  });
  return outfile;
}
