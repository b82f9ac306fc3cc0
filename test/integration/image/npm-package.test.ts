import { access, mkdtemp, readdir, readFile, rm, utimes } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { npmPackage } from '../../../src/image/npm-package.ts';
import { npmVersions } from '../../../src/image/npm-versions.ts';

describe('packages from the npm registry', () => {
  let cache: string;
  const nowhere = { ...process.env, npm_config_registry: 'http://127.0.0.1:9/', npm_config_fetch_retries: '0' };

  beforeEach(async () => {
    cache = await mkdtemp(path.join(os.tmpdir(), 'dual-'));
  });
  afterEach(() => rm(cache, { recursive: true }));

  it('are extracted once, whole, and need no registry afterwards', async () => {
    const options = { cache, env: process.env };
    const [first, second] = await Promise.all([npmPackage('ms', '2.1.3', options), npmPackage('ms', '2.1.3', options)]);
    expect(first).toBe(second);
    expect(JSON.parse(await readFile(path.join(first, 'package.json'), 'utf8'))).toMatchObject({
      name: 'ms',
      version: '2.1.3',
    });
    expect(await npmPackage('ms', '2.1.3', { cache, env: nowhere })).toBe(first);
    expect((await readdir(path.join(cache, 'npm'))).filter((name) => name.startsWith('.tmp'))).toEqual([]);
  });

  it('may have a scope', async () => {
    const dir = await npmPackage('@types/ms', '2.1.0', { cache, env: process.env });
    expect(path.relative(cache, dir)).toBe('npm/@types+ms-2.1.0');
    await access(path.join(dir, 'index.d.ts'));
  });

  it('are refused when there are none of that version, and retried when the registry is away', async () => {
    const options = { cache, env: process.env };
    await expect(npmPackage('ms', '99.99.99', options)).rejects.toMatchObject({ reason: 'UnknownVersion' });
    const away = npmPackage('ms', '2.1.2', { cache, env: nowhere });
    await expect(away).rejects.toMatchObject({ name: 'RetryError', reason: 'RegistryUnreachable' });
    await expect(npmPackage('../ms', '2.1.3', options)).rejects.toThrow('not a package name');
    await expect(npmPackage('ms', '^2', options)).rejects.toThrow('not an exact version');
  });

  it('stop being fetched when nobody wants them any more', async () => {
    const stop = new AbortController();
    const fetching = npmPackage('ms', '2.1.1', { cache, env: process.env, signal: stop.signal });
    stop.abort(new Error('enough'));
    await expect(fetching).rejects.toThrow('enough');
  });

  it('have lists of versions, of which an old one serves when the registry is away', async () => {
    const versions = await npmVersions('ms', { cache, env: process.env });
    expect(versions).toContain('2.1.3');
    const list = path.join(cache, 'npm/versions/ms.json');
    await utimes(list, new Date(0), new Date(0));
    expect(await npmVersions('ms', { cache, env: nowhere })).toEqual(versions);
    await expect(npmVersions('semver', { cache, env: nowhere })).rejects.toMatchObject({
      reason: 'RegistryUnreachable',
    });
  });
});
