import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { mkdtempSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { makeRepo } from '../support/app-repo.ts';
import { eventually } from '../support/eventually.ts';
import { createInstance } from '../support/instance.ts';
import type { Instance } from '../support/instance.ts';
import { project, SERVER_FILES, workspace } from '../support/objects.ts';
import { workspaceShell } from '../support/workspace-shell.ts';
import type { WorkspaceShell } from '../support/workspace-shell.ts';

const COMMANDS = 200;
const AT_ONCE = 10;
const LONGEST = 400;

/** What agents leave running: servers, trees of processes, what has a session of its own, what does not want to end. */
const SCRIPTS = [
  'exec node -e "setInterval(() => {}, 1000)"',
  "node -e \"require('child_process').spawn('sleep', ['1000'], {detached: true}); setInterval(() => {}, 1000)\"; :",
  "exec node -e \"process.on('SIGTERM', () => {}); process.on('SIGINT', () => {}); setInterval(() => {}, 1000)\"",
  'exec npx --offline --no-install -c "sleep 1000 & sleep 1000"',
  "exec make -f - <<<$(printf 'all:\\n\\tsleep 1000')",
];
const SIGNALS = ['SIGKILL', 'SIGKILL', 'SIGKILL', 'SIGTERM', 'SIGHUP'] as const;

let directory: string;
let instance: Instance;
const names = ['app-main', 'app-other'];

beforeAll(async () => {
  directory = mkdtempSync(path.join(os.tmpdir(), 'dual-'));
  makeRepo(path.join(directory, 'app'), SERVER_FILES, ['other']);
  instance = await createInstance();
  instance.manifest(
    'app.yaml',
    project('app', { source: { path: path.join(directory, 'app') } }),
    ...names.map((name) => workspace(name, { project: 'app', branch: name.slice(4) })),
  );
  await Promise.all(names.map((name) => instance.ready(name)));
});
afterAll(async () => {
  await instance.destroy();
  rmSync(directory, { recursive: true, force: true });
});

/** The same numbers in every run. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
    return state / 0x7fffffff;
  };
}

function start(shell: WorkspaceShell, script: string): ChildProcess {
  return spawn('/bin/bash', ['-c', script], { ...shell, stdio: ['ignore', 'pipe', 'ignore'], detached: true });
}

/** Ends the caller, with all that it has on the host. */
async function killAt(child: ChildProcess, signal: NodeJS.Signals, milliseconds: number): Promise<void> {
  const exited = once(child, 'exit');
  setTimeout(() => process.kill(-child.pid!, signal), milliseconds);
  // Whoever does not want to end is killed in the end.
  const last = setTimeout(() => process.kill(-child.pid!, 'SIGKILL'), LONGEST + 1_000);
  await exited;
  clearTimeout(last);
}

/** Everything that runs in the machine as a command or what a command has started. */
async function running(name: string): Promise<string[]> {
  const { stdout } = await instance.dual(['run', '-w', name, '--', 'ps', '-eo', 'args=']);
  return stdout.split('\n').filter((line) => /sleep 1000|setInterval|npx|npm|make/.test(line));
}

it(
  'leaves nothing behind of two hundred commands whose callers are killed at any moment',
  { timeout: 180_000 },
  async () => {
    const next = random(7);
    const pick = <T>(list: readonly T[]): T => list[Math.floor(next() * list.length)]!;
    const shells = await Promise.all(names.map((name) => workspaceShell(instance, name)));
    for (let done = 0; done < COMMANDS; done += AT_ONCE) {
      const batch = Array.from({ length: AT_ONCE }, () => {
        const child = start(pick(shells), pick(SCRIPTS));
        return killAt(child, pick(SIGNALS), Math.floor(next() * LONGEST));
      });
      await Promise.all(batch);
    }
    for (const name of names)
      await eventually(async () => expect(await running(name)).toEqual([]), { timeout: 15_000 });
  },
);

it('and sees those commands while they run', async () => {
  const [name] = names as [string];
  const child = start(await workspaceShell(instance, name), SCRIPTS[1]!);
  await eventually(async () => expect((await running(name)).length).toBeGreaterThanOrEqual(2));
  await killAt(child, 'SIGKILL', 0);
  await eventually(async () => expect(await running(name)).toEqual([]));
});
