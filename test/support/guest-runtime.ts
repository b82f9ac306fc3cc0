import { rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { build } from 'esbuild';
import { guestBundle } from '../../hack/lib/guest-bundle.mjs';
import { packageRoot } from '../../src/config/package-root.ts';
import { ensureGuestRuntime } from '../../src/guest/runtime.ts';

/** What tests fetch is kept between runs, where `npm ci` throws it away. */
export const testCache = path.join(packageRoot(), 'node_modules/.cache/dual');

/** A guest's runtime made from the sources as they are. */
export async function testGuestRuntime(): Promise<string> {
  const bundle = path.join(testCache, `guest-${process.pid}.cjs`);
  await build({
    entryPoints: [path.join(packageRoot(), 'src/guest/main.ts')],
    outfile: bundle,
    ...guestBundle,
    logLevel: 'silent',
  });
  const ptyAddon = createRequire(import.meta.url).resolve(`@lydell/node-pty-linux-${process.arch}/pty.node`);
  const commandServer = path.join(packageRoot(), 'src/guest/command-server.pl');
  try {
    return await ensureGuestRuntime({
      cache: testCache,
      guestBundle: bundle,
      ptyAddon,
      commandServer,
      env: process.env,
    });
  } finally {
    await rm(bundle);
  }
}
