import { execFile, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeRepo } from '../support/app-repo.ts';
import { eventually } from '../support/eventually.ts';
import { createInstance } from '../support/instance.ts';
import type { CommandResult, Instance } from '../support/instance.ts';
import { SERVER_FILES, SERVER_PANES, project, workspace } from '../support/objects.ts';
import { workspaceShell } from '../support/workspace-shell.ts';
import type { WorkspaceShell } from '../support/workspace-shell.ts';

let dual: Instance;
let shell: WorkspaceShell;

beforeAll(async () => {
  dual = await createInstance();
  const repo = makeRepo(path.join(dual.home, 'repos/app'), SERVER_FILES);
  dual.manifest(
    'app.yaml',
    project('app', {
      source: { path: repo },
      session: SERVER_PANES,
      env: [{ name: 'GREETING', value: 'hello' }],
      commands: { container: ['uname'], host: ['make'] },
    }),
    workspace('app-main', { project: 'app', branch: 'main', deletionPolicy: 'Delete' }),
  );
  await dual.ready('app-main');
  shell = await workspaceShell(dual, 'app-main');
});

afterAll(() => dual.destroy());

/** As a coding agent has a shell run something. */
function bash(script: string, cwd = shell.cwd): Promise<CommandResult> {
  return new Promise((resolve) => {
    execFile('bash', ['-c', script], { cwd, env: shell.env }, (error, stdout, stderr) => {
      const code = error ? (typeof error.code === 'number' ? error.code : 255) : 0;
      resolve({ code, stdout, stderr });
    });
  });
}

/** A process namespace tells machines apart. */
const WHERE = `require('fs').readlinkSync('/proc/self/ns/pid')`;

describe('a command in the directory of a workspace', () => {
  it('runs in its machine', async () => {
    const inside = (await dual.dual(['run', '-w', 'app-main', '--', 'readlink', '/proc/self/ns/pid'])).stdout;
    expect(await bash(`node -p "${WHERE}"`)).toEqual({ code: 0, stdout: inside, stderr: '' });
    expect(await bash('readlink /proc/self/ns/pid')).not.toMatchObject({ stdout: inside });
  });

  it('reaches what the workspace serves on localhost', async () => {
    await eventually(
      async () => expect(await bash('curl -sf http://localhost:3000/')).toMatchObject({ code: 0, stdout: /./ }),
      { timeout: 60_000, interval: 200 },
    );
  });

  it('has the same directory, the variables of the project and the host name', async () => {
    const script = `node -p "[process.cwd(), process.env.GREETING, require('os').hostname()].join()"; pwd; hostname; echo $GREETING`;
    const [inside, ...outside] = (await bash(script)).stdout.trim().split('\n');
    expect(inside).toBe([outside[0], outside[2], outside[1]].join());
  });

  it('runs on the host in any other directory', async () => {
    const { stdout } = await bash(`node -p "${WHERE}"`, dual.home);
    expect(stdout).toBe((await bash('readlink /proc/self/ns/pid')).stdout);
  });
});

describe('what is routed', () => {
  it('follows the project', async () => {
    const names = readdirSync(shell.env['DUAL_SHIMS'] + '/bin');
    expect(names).toEqual(expect.arrayContaining(['node', 'npm', 'kill', 'uname']));
    for (const name of ['git', 'ls', 'make', 'sh']) expect(names).not.toContain(name);
  });

  it('comes to shells outside of panes by dual hook', async () => {
    const dualJs = path.resolve('dist/dual.js');
    const { PATH = '', HOME = '' } = process.env;
    const env = { PATH, HOME, DUAL_HOME: dual.home, PS1: '$ ' };
    const script = `eval "$(${process.execPath} ${dualJs} hook bash)"; cd ${shell.cwd}; __dual_prompt; command -v node`;
    const options = { cwd: dual.home, env, encoding: 'utf8' as const };
    const { stdout } = spawnSync('bash', ['--norc', '-i', '-c', script], options);
    expect(stdout).toBe(`${shell.env['DUAL_SHIMS']}/bin/node\n`);
  });

  it('is explained by dual which', async () => {
    const which = (args: string): Promise<CommandResult> =>
      bash(`${process.execPath} ${path.resolve('dist/dual.js')} which ${args}`);
    expect((await which('node -v')).stdout).toMatch(/^container: \/.*node\n/);
    expect((await which('uname')).stdout).toMatch(/^container: .*\n.*commands.container/);
    expect((await which('git status')).stdout).toMatch(/^host: \/.*git\n/);
    expect(await which('no-such-command')).toMatchObject({ code: 1 });
  });
});

describe('a workspace that goes', () => {
  it('takes its shims with it', async () => {
    const dir = shell.env['DUAL_SHIMS']!;
    expect(existsSync(dir)).toBe(true);
    expect((await dual.dualctl(['delete', 'workspace', 'app-main'])).code).toBe(0);
    await eventually(() => expect(existsSync(dir)).toBe(false), { timeout: 60_000, interval: 200 });
    expect(readFileSync(path.join(dual.paths.shims, 'index'), 'utf8')).toBe('');
  });
});
