import { build } from 'esbuild';
import { expect, it } from 'vitest';
import { packageRoot } from '../../../src/config/package-root.ts';

it('loads nothing but what comes with Node as long as there is no authority', async () => {
  const { metafile } = await build({
    absWorkingDir: packageRoot(),
    entryPoints: ['src/proxy/tls/tls.ts'],
    bundle: true,
    write: false,
    metafile: true,
    platform: 'node',
    format: 'esm',
    packages: 'external',
  });
  const [output] = Object.values(metafile.outputs);
  const packages = (output?.imports ?? []).map(({ path }) => path).filter((path) => !path.startsWith('node:'));
  expect(output?.imports.length).toBeGreaterThan(0);
  expect(packages).toEqual([]);
});
