import { createReadStream } from 'node:fs';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import semver from 'semver';
import tar from 'tar-fs';
import { runNpm } from './npm-cli.ts';
import type { NpmOptions } from './npm-cli.ts';
import { createSharedWork } from './shared-work.ts';
import { createWholeDirectory, isThere } from './whole-directory.ts';

const FETCH_TIMEOUT = 15 * 60_000;

const shared = createSharedWork<string>();

/**
 * Directory of an extracted package of an exact version, from the npm registry that the user has configured; npm checks its
 * integrity. Fetched once however many ask, and never seen half-made, by other processes either.
 * @throws StalledError UnknownVersion  @throws RetryError RegistryUnreachable
 */
export async function npmPackage(name: string, version: string, options: NpmOptions): Promise<string> {
  assertPlain(name, version);
  const dir = path.join(options.cache, 'npm', `${fileName(name)}-${version}`);
  if (await isThere(dir)) return dir;
  return shared(dir, (signal) => fetchInto(dir, `${name}@${version}`, { ...options, signal }), options.signal);
}

/** `@scope/name` as one path segment. */
export function fileName(name: string): string {
  return name.replace('/', '+');
}

function assertPlain(name: string, version: string): void {
  if (!/^(@[a-z0-9-][a-z0-9._-]*\/)?[a-z0-9][a-z0-9._-]*$/.test(name)) throw new Error(`not a package name: ${name}`);
  if (semver.valid(version) !== version) throw new Error(`not an exact version: ${version}`);
}

async function fetchInto(dir: string, what: string, options: NpmOptions): Promise<string> {
  await createWholeDirectory(dir, async (temporary) => {
    const args = ['pack', '--loglevel=error', '--ignore-scripts', '--pack-destination', temporary, '--', what];
    await runNpm(args, { ...options, timeout: FETCH_TIMEOUT });
    const archive = (await readdir(temporary)).find((file) => file.endsWith('.tgz'));
    if (!archive) throw new Error(`npm pack ${what} made no archive`);
    const extracted = path.join(temporary, 'package');
    await extract(path.join(temporary, archive), extracted, options.signal);
    return extracted;
  });
  return dir;
}

async function extract(archive: string, dir: string, signal: AbortSignal | undefined): Promise<void> {
  const unpack = tar.extract(dir, {
    strip: 1,
    dmode: 0o755,
    fmode: 0o644,
    // Packages hold files alone; whatever else is in one has no business here.
    ignore: (_name, header) => header !== undefined && header.type !== 'file' && header.type !== 'directory',
    map: (header) => ({ ...header, uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 }),
  });
  await pipeline(createReadStream(archive), createGunzip(), unpack, { ...(signal && { signal }) });
}
