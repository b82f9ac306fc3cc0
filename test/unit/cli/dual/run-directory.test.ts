import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Workspace } from '../../../../src/api/types.ts';
import { commandDirectory } from '../../../../src/cli/dual/run/directory.ts';
import { workspaceAt } from '../../../../src/cli/dual/workspace/at-directory.ts';
import { aWorkspace } from '../../../support/workspace-fixture.ts';

let root: string;
beforeEach(() => {
  root = realpathSync(mkdtempSync(path.join(os.tmpdir(), 'dual-')));
  for (const dir of ['shop/main/app', 'shop/main/nested/app', 'shop/main-2', 'else']) {
    mkdirSync(path.join(root, dir), { recursive: true });
  }
  symlinkSync(path.join(root, 'shop'), path.join(root, 'link'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const at = (dir: string, name = 'shop-main'): Workspace => ({
  ...aWorkspace({}, { name }),
  status: { clone: { path: path.join(root, dir) } },
});

describe('workspaceAt', () => {
  const nameAt = async (dir: string, ...workspaces: Workspace[]): Promise<string | undefined> =>
    (await workspaceAt(path.join(root, dir), workspaces))?.metadata.name;

  it('finds the clone that a directory is in', async () => {
    const workspaces = [at('shop/main-2', 'second'), at('shop/main', 'first'), aWorkspace({}, { name: 'none-yet' })];
    expect(await nameAt('shop/main', ...workspaces)).toBe('first');
    expect(await nameAt('shop/main/app', ...workspaces)).toBe('first');
    expect(await nameAt('shop/main-2', ...workspaces)).toBe('second');
    expect(await nameAt('shop', ...workspaces)).toBeUndefined();
    expect(await nameAt('else', ...workspaces)).toBeUndefined();
  });

  it('sees through links on both sides', async () => {
    expect(await nameAt('shop/main/app', at('link/main'))).toBe('shop-main');
    expect(await nameAt('link/main', at('shop/main'))).toBe('shop-main');
  });

  it('prefers the innermost', async () => {
    const workspaces = [at('shop/main', 'outer'), at('shop/main/nested', 'inner')];
    expect(await nameAt('shop/main/nested/app', ...workspaces)).toBe('inner');
  });
});

describe('commandDirectory', () => {
  const directory = (cwd: string, option?: string, workspace = at('shop/main')): Promise<string> =>
    commandDirectory(workspace, { cwd: path.join(root, cwd), option });

  it("is the caller's inside the clone, and the clone elsewhere", async () => {
    expect(await directory('shop/main/app')).toBe(path.join(root, 'shop/main/app'));
    expect(await directory('else')).toBe(path.join(root, 'shop/main'));
    expect(await directory('shop/main-2')).toBe(path.join(root, 'shop/main'));
  });

  it('is written as the machine knows it, whichever way the caller came', async () => {
    expect(await directory('shop/main/app', undefined, at('link/main'))).toBe(path.join(root, 'link/main/app'));
  });

  it('takes --cwd from there', async () => {
    expect(await directory('shop/main/app', '..')).toBe(path.join(root, 'shop/main'));
    expect(await directory('else', 'app')).toBe(path.join(root, 'shop/main/app'));
    expect(await directory('else', '/tmp')).toBe('/tmp');
  });

  it('needs a clone', async () => {
    await expect(directory('else', undefined, aWorkspace())).rejects.toThrow('no clone yet');
  });
});
