import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BARE_MACHINE, agentTask, agentTaskFiles, packagesAhead } from '../support/agent-task.ts';
import { git, makeRepo } from '../support/app-repo.ts';
import { agentSettings, installAgent } from '../support/coding-agent.ts';
import { createInstance } from '../support/instance.ts';
import type { Instance } from '../support/instance.ts';
import { createModelServer } from '../support/model-server.ts';
import { makeNvmHome } from '../support/nvm-home.ts';
import { project, workspace } from '../support/objects.ts';
import { workspaceShell } from '../support/workspace-shell.ts';
import type { WorkspaceShell } from '../support/workspace-shell.ts';

/** What the repo asks for; not the Node of this machine. */
const NODE = 'v22.23.3';

let dual: Instance;
let scratch: string;

beforeAll(async () => {
  dual = await createInstance();
  scratch = mkdtempSync(path.join(os.tmpdir(), 'dual-task-'));
  const repo = makeRepo(path.join(dual.home, 'repos/task'), agentTaskFiles());
  dual.manifest('task.yaml', project('task', { source: { path: repo }, image: { packages: ['chromium'] } }));
});

afterAll(async () => {
  await dual.destroy();
  rmSync(scratch, { recursive: true, force: true });
});

/** New workspaces of those names, Ready, each on a branch of its own. */
async function workspaces(...names: string[]): Promise<WorkspaceShell[]> {
  for (const name of names)
    dual.manifest(
      `${name}.yaml`,
      workspace(name, { project: 'task', branch: name, from: 'main', deletionPolicy: 'Delete' }),
    );
  return Promise.all(
    names.map(async (name) => {
      await dual.ready(name);
      return workspaceShell(dual, name);
    }),
  );
}

interface Performance {
  shell: WorkspaceShell;
  how: string[];
  env?: Record<string, string>;
}

/** The whole task, in the directories of those workspaces at the same time, with what their panes have in their environment. */
async function perform(performances: Performance[]): Promise<void> {
  const results = await Promise.all(
    performances.map(({ shell, how, env }) =>
      agentTask(how, { cwd: shell.cwd, env: { ...shell.env, EXPECTED_NODE: NODE, ...env } }),
    ),
  );
  for (const { code, output } of results) {
    expect(output).toMatch(/^done: \d+ steps$/m);
    expect(code).toBe(0);
  }
  for (const { shell } of performances)
    expect(git(shell.cwd, 'log', '--format=%s')).toBe('feat: a second version\nFirst');
}

describe('a scripted agent that knows nothing of Dual', () => {
  it.each([
    ['bash -c', ['bash', '-c']],
    ['an interactive zsh', ['--terminal', 'zsh', '-i']],
  ])('does a whole task on a machine without Dual, by %s', async (_, how) => {
    const clone = makeRepo(mkdtempSync(path.join(scratch, 'bare-')), agentTaskFiles());
    const env = { ...process.env, ...packagesAhead(clone, path.join(scratch, 'npm')) };
    const { code, output } = await agentTask(how, { cwd: clone, env }, BARE_MACHINE);
    expect(output).toMatch(/^done: \d+ steps$/m);
    expect(code).toBe(0);
  });

  it('does a whole task in three workspaces at the same time, by shells that end after each command', async () => {
    const shells = await workspaces('bash', 'login', 'zsh');
    const ways = [
      ['bash', '-c'],
      ['bash', '-lc'],
      ['zsh', '-c'],
    ];
    await perform(shells.map((shell, index) => ({ shell, how: ways[index]! })));
  });

  it('does it in three interactive zsh, where nvm has put another Node in front of PATH', async () => {
    const shells = await workspaces('zsh-a', 'zsh-b', 'zsh-c');
    const homes = shells.map((_, index) => path.join(scratch, `home-${index}`));
    for (const home of homes) makeNvmHome(home);
    await perform(
      shells.map((shell, index) => ({ shell, how: ['--terminal', 'zsh', '-i'], env: { HOME: homes[index]! } })),
    );
  });
});

describe('a real coding agent', () => {
  it('stays on the host, and what it has a shell run runs in the machine', async () => {
    const [shell] = await workspaces('agent');
    const model = await createModelServer('bash', [
      'node -v',
      'readlink /proc/$PPID/exe',
      'nohup node src/server.js > server.log 2>&1 &',
      'for i in $(seq 150); do curl -s localhost:3000 && break; sleep 0.2; done',
      'kill $(lsof -ti:3000 -sTCP:LISTEN)',
      'git status --short',
    ]);
    try {
      const { env, args } = agentSettings(mkdtempSync(path.join(scratch, 'agent-')), model.url);
      const PATH = `${shell!.env['PATH']}:${await installAgent()}`;
      await bash('"$0" "$@"', ['pi', ...args], { cwd: shell!.cwd, env: { ...shell!.env, ...env, PATH } });
      const [version, itself, , page, , status] = model.outputs().map((output) => output.trim());
      expect({ version, itself, status }).toEqual({ version: NODE, itself: process.execPath, status: '(no output)' });
      expect(page).toContain('Hello from the first version');
    } finally {
      await model.close();
    }
  });
});

/** Without standard input, as nobody types. Fails when the script does. */
function bash(script: string, args: string[], options: WorkspaceShell): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = execFile('bash', ['-c', script, ...args], options, (error, stdout, stderr) => {
      if (error) reject(new Error(`${error.message}\n${stdout}${stderr}`));
      else resolve();
    });
    child.stdin!.end();
  });
}
