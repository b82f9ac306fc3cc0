import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { removeEngineTraces } from '../../../src/guest/server/engine-traces.ts';
import { linkHostLocales } from '../../../src/guest/server/locales.ts';

describe('a machine made from an image', () => {
  let root: string;
  const at = (file: string): string => path.join(root, file);
  beforeEach(() => {
    root = mkdtempSync(path.join(os.tmpdir(), 'dual-'));
  });
  afterEach(() => rmSync(root, { recursive: true }));

  it('loses what its engine marks it with', () => {
    mkdirSync(at('run'));
    for (const file of ['.dockerenv', 'run/.containerenv', 'run/other']) writeFileSync(at(file), '');
    const env = { HOSTNAME: 'x', container: 'podman', PATH: '/bin' };
    removeEngineTraces(env, root);
    removeEngineTraces(env, root);
    expect(env).toEqual({ PATH: '/bin' });
    expect([readdirSync(root), readdirSync(at('run'))]).toEqual([['run'], ['other']]);
  });

  it('gets the locales of the host that it does not have itself', () => {
    for (const dir of ['host/C.utf8', 'host/de_DE.utf8', 'C.utf8']) mkdirSync(at(dir), { recursive: true });
    writeFileSync(at('C.utf8/name'), 'of the image');
    writeFileSync(at('host/C.utf8/name'), 'of the host');
    writeFileSync(at('host/de_DE.utf8/name'), 'of the host');
    linkHostLocales(root);
    linkHostLocales(root);
    const names = ['C.utf8', 'de_DE.utf8'];
    expect(names.map((name) => readFileSync(at(`${name}/name`), 'utf8'))).toEqual(['of the image', 'of the host']);
    expect(readdirSync(root).sort()).toEqual(['C.utf8', 'de_DE.utf8', 'host']);
  });

  it('is as it was where there is nothing of the host', () => {
    linkHostLocales(root);
    linkHostLocales(at('missing'));
    removeEngineTraces({}, root);
    expect(readdirSync(root)).toEqual([]);
  });
});
