import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { withoutShims } from '../../../src/exec/without-shims.ts';
import { interactiveShell, paneEnvironment } from '../../../src/shims/pane-environment.ts';

let root: string;
let dir: string;
beforeEach(() => {
  root = mkdtempSync(path.join(os.tmpdir(), 'dual-'));
  dir = path.join(root, 'shims/0123abcd');
  mkdirSync(dir, { recursive: true });
  writeFileSync(path.join(dir, 'workspace'), 'name shop-main\nenv GREETING TMPDIR\n');
});
afterEach(() => rmSync(root, { recursive: true }));

const LIB = '/opt/dual/dist/shims';
const LOGIN = { PATH: '/home/u/bin:/usr/bin', HOME: '/home/u', ZDOTDIR: '/home/u/.zsh', XDG_DATA_DIRS: '/usr/share' };
const pane = (login: Record<string, string>): Record<string, string> => {
  const env = { GREETING: 'hello', TMPDIR: '/tmp/w-1', PATH: '/machine/bin' };
  return { ...login, ...paneEnvironment({ dir, lib: LIB, login, spec: { workspace: 'shop-main', env } }) };
};

describe('the environment of a pane', () => {
  it('has the shims in front of the host’s own PATH, and the variables of the project', () => {
    expect(pane(LOGIN)).toMatchObject({
      PATH: `${dir}/bin:/home/u/bin:/usr/bin`,
      DUAL_SHIMS: dir,
      DUAL_WORKSPACE: 'shop-main',
      GREETING: 'hello',
      TMPDIR: '/tmp/w-1',
    });
  });

  it('has the start-up files of the hooks, which are told of the user’s own', () => {
    expect(pane(LOGIN)).toMatchObject({
      BASH_ENV: `${LIB}/hooks/bash/env.bash`,
      ENV: `${LIB}/hooks/posix/env.sh`,
      ZDOTDIR: `${LIB}/hooks/zsh`,
      DUAL_ZDOTDIR: '/home/u/.zsh',
      XDG_DATA_DIRS: `${LIB}/hooks/fish:/usr/share`,
    });
    expect(pane(LOGIN)).not.toHaveProperty('DUAL_BASH_ENV');
    expect(pane({ PATH: '/bin' })['XDG_DATA_DIRS']).toBe(`${LIB}/hooks/fish:/usr/local/share:/usr/share`);
  });

  it('does not pile up', () => {
    expect(pane(pane(LOGIN))).toEqual(pane(LOGIN));
  });
});

describe('an environment without shims', () => {
  it('is what it was before a pane', () => {
    expect(withoutShims({ ...pane(LOGIN), DUAL_ENTERED: '1', DUAL_BYPASS: '1' })).toEqual(LOGIN);
  });

  it('keeps what is a user’s own', () => {
    const own = { PATH: '/a/shims/bin:/bin', BASH_ENV: '/home/u/env', DUAL_HOME: '/x', DUAL_LOG: 'debug' };
    expect(withoutShims(own)).toEqual(own);
  });

  it('is the same where the workspace has gone', () => {
    const env = pane(LOGIN);
    rmSync(dir, { recursive: true });
    expect(withoutShims(env)).toMatchObject(LOGIN);
  });
});

describe('an interactive shell', () => {
  it('is told of the hooks where its environment does not do that', () => {
    expect(interactiveShell('/usr/bin/bash', LIB)).toEqual([
      '/usr/bin/bash',
      '--rcfile',
      `${LIB}/hooks/bash/login.bash`,
    ]);
    expect(interactiveShell('/usr/bin/zsh', LIB)).toEqual([]);
  });
});
