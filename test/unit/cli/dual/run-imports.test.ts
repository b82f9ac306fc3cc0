import path from 'node:path';
import { build, type Metafile } from 'esbuild';
import { expect, it } from 'vitest';
import { packageRoot } from '../../../../src/config/package-root.ts';

/** Everything that loads before the first line of the entry runs: what is imported only when it is called does not. */
function staticImports(outputs: Metafile['outputs'], name: string, seen = new Set<string>()): Set<string> {
  if (seen.has(name)) return seen;
  seen.add(name);
  for (const { path: file, kind } of outputs[name]?.imports ?? []) {
    if (kind === 'import-statement') staticImports(outputs, file, seen);
  }
  return seen;
}

it('loads nothing but what comes with Node for `dual run`', async () => {
  const { metafile } = await build({
    absWorkingDir: packageRoot(),
    entryPoints: ['src/cli/dual/main.ts', 'src/cli/dual/commands/run.ts'],
    outdir: path.join(packageRoot(), 'unwritten'),
    bundle: true,
    splitting: true,
    write: false,
    metafile: true,
    platform: 'node',
    format: 'esm',
    packages: 'external',
  });
  const entries = Object.keys(metafile.outputs).filter((name) => /(main|commands\/run)\.js$/.test(name));
  const loaded = entries.flatMap((name) => [...staticImports(metafile.outputs, name)]);
  const packages = loaded.filter((name) => !(name in metafile.outputs) && !name.startsWith('node:'));
  expect(entries).toHaveLength(2);
  expect(packages).toEqual([]);
});
