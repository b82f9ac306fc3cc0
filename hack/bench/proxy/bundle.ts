import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { packageRoot } from '../../../src/config/package-root.ts';

/** Makes one file of CommonJS of a script that runs in a process of its own. @returns its text */
export async function bundled(script: URL): Promise<string> {
  const { outputFiles } = await build({
    absWorkingDir: packageRoot(),
    entryPoints: [fileURLToPath(script)],
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    outdir: path.join(packageRoot(), 'dist'),
    write: false,
    logLevel: 'warning',
  });
  return outputFiles[0]!.text;
}
