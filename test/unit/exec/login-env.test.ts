import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createLoginEnv } from '../../../src/exec/login-env.ts';

describe('createLoginEnv', () => {
  let dir: string;
  let shell: string;
  let warnings: string[];
  beforeEach(async () => {
    dir = await mkdtemp(path.join(os.tmpdir(), 'dual-'));
    shell = path.join(dir, 'shell');
    warnings = [];
  });
  afterEach(() => rm(dir, { recursive: true }));

  /** A shell whose start-up files do that. Called with `-ilc COMMAND`. */
  const shellThat = async (does: string): Promise<void> => {
    await writeFile(shell, `#!/bin/sh\necho noise; echo x >>${dir}/calls\n${does}\neval "$2"\n`);
    await chmod(shell, 0o755);
  };
  const create = (fallback: Record<string, string>, timeout = 5000): (() => Promise<Record<string, string>>) =>
    createLoginEnv({ fallback, shell, timeout, warn: (message) => warnings.push(message) });

  it('gives what a login shell has, and asks it once', async () => {
    await shellThat('export FROM_PROFILE=yes PATH=/opt/bin:/usr/bin:/bin TMUX=x');
    const env = create({ FROM_DAEMON: 'yes', PATH: '/bin', LINES_OF: 'one\ntwo' });
    expect(await env()).toMatchObject({ FROM_PROFILE: 'yes', FROM_DAEMON: 'yes', PATH: '/opt/bin:/usr/bin:/bin' });
    await Promise.all([env(), env()]);
    expect(await readFile(path.join(dir, 'calls'), 'utf8')).toBe('x\n');
    expect(Object.keys(await env())).toEqual(
      expect.not.arrayContaining(['TMUX', 'SHLVL', 'PWD', 'ZSH_TMUX_AUTOSTART']),
    );
    expect((await env())['LINES_OF']).toBe('one\ntwo');
    expect(warnings).toEqual([]);
  });

  it('has nothing of a workspace in whose pane the daemon was started', async () => {
    await shellThat('export PATH=/opt/bin:/state/shims/0123abcd/bin:/bin ENV=/opt/dual/shims/hooks/posix/env.sh');
    const pane = { PATH: '/state/shims/0123abcd/bin:/bin', DUAL_SHIMS: '/state/shims/0123abcd', DUAL_ZDOTDIR: '/z' };
    const env = await create({ ...pane, DUAL_WORKSPACE: 'w', ZDOTDIR: '/opt/dual/shims/hooks/zsh' })();
    expect(env).toMatchObject({ ZDOTDIR: '/z', PATH: '/opt/bin:/bin' });
    for (const name of ['DUAL_SHIMS', 'DUAL_WORKSPACE', 'ENV']) expect(env).not.toHaveProperty(name);
  });

  it.each([
    ['fails', 'exit 1', 5000],
    ['takes too long', 'exec sleep 3', 300],
  ])('gives what there is when the shell %s', async (_name, does, timeout) => {
    await shellThat(does);
    expect(await create({ PATH: '/bin', TMUX: 'x' }, timeout)()).toEqual({ PATH: '/bin' });
    expect(warnings).toHaveLength(1);
  });
});
