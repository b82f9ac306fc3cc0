import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadConfig } from '../../../src/config/config.ts';
import type { Config } from '../../../src/config/config.ts';
import { guestDir, resolvePaths, workspaceTmpDir } from '../../../src/config/paths.ts';

describe('config.yaml', () => {
  let home: string;
  const load = (text: string, env: Record<string, string> = {}): Config => {
    const paths = resolvePaths(env, home);
    mkdirSync(path.dirname(paths.config), { recursive: true });
    writeFileSync(paths.config, text);
    return loadConfig(paths, home);
  };

  beforeEach(() => {
    home = mkdtempSync(path.join(os.tmpdir(), 'dual-'));
  });
  afterEach(() => rmSync(home, { recursive: true }));

  it('may put clones and manifests anywhere in the home', () => {
    const config = load('workspaces: ~/work\nmanifests: ~/infra/dual\n');
    expect(config).toMatchObject({ workspaces: path.join(home, 'work'), manifests: path.join(home, 'infra/dual') });
  });

  it('must not make the home, or what the home is in, a directory that machines do not see', () => {
    symlinkSync(home, path.join(home, 'alias'));
    for (const dir of ['~', '~/', '/', '~/..', '~/alias']) {
      expect(() => load(`manifests: ${dir === '~' ? '"~"' : dir}\n`), dir).toThrow(/config\.yaml: manifests: .* home/);
      expect(() => load(`workspaces: ${dir === '~' ? '"~"' : dir}\n`), dir).toThrow(
        /config\.yaml: workspaces: .* home/,
      );
    }
    expect(() => load('', { DUAL_HOME: home })).toThrow(/^DUAL_HOME: .* home/);
    expect(load('', { DUAL_HOME: path.join(home, 'instance') }).manifests).toBe(path.join(home, 'instance/manifests'));
  });
});

describe('the directories of a workspace', () => {
  it('bear the same short name, which follows from its uid', () => {
    const uid = 'b7c1f8f0-5a5e-4c58-9a3e-0d8a4a1c9e11';
    expect(workspaceTmpDir(uid)).toMatch(/^\/tmp\/w-[0-9a-f]{8}$/);
    expect(path.basename(workspaceTmpDir(uid))).toBe(`w-${path.basename(guestDir({ guests: '/r' }, uid))}`);
    expect(workspaceTmpDir('another')).not.toBe(workspaceTmpDir(uid));
  });
});
