// What it costs to run a command in a workspace by its name alone, beside `docker exec`, `devcontainer exec` and the command itself.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { execa } from 'execa';
import { makeRepo } from '../../test/support/app-repo.ts';
import { createInstance } from '../../test/support/instance.ts';
import type { Instance } from '../../test/support/instance.ts';
import { workspaceShell } from '../../test/support/workspace-shell.ts';
import type { WorkspaceShell } from '../../test/support/workspace-shell.ts';
import { installDevcontainers } from './devcontainers.ts';
import { median } from './fleet.ts';

const ROUNDS = Number(process.env['BENCH_ROUNDS'] ?? 10);
/** Commands of a round; a slow one is timed fewer times. */
const COMMANDS = 50;
const SLOW_COMMANDS = 5;
const AT_ONCE = 10;
const DRIVERS = ['docker', 'sandbox'];

const ONE_BY_ONE = 'n=$1; shift; for ((i = 0; i < n; i++)); do "$@" </dev/null >/dev/null; done';
const TOGETHER = 'n=$1; shift; for ((i = 0; i < n; i++)); do "$@" </dev/null >/dev/null & done; wait';

interface Contender {
  name: string;
  argv: string[];
  shell: WorkspaceShell;
  count: number;
}

/** Milliseconds for all of them. */
async function timed({ argv, shell }: Contender, script: string, count: number): Promise<number> {
  const start = performance.now();
  const options = { cwd: shell.cwd, env: shell.env, extendEnv: false };
  await execa('/bin/bash', ['--norc', '-c', script, 'bench', String(count), ...argv], options);
  return performance.now() - start;
}

interface Result {
  name: string;
  /** Milliseconds for one command. */
  single: number;
  /** Milliseconds for all of those that were started at once. */
  ten: number;
}

async function runRound(all: Contender[]): Promise<Result[]> {
  const results: Result[] = [];
  for (const contender of all) {
    const single = (await timed(contender, ONE_BY_ONE, contender.count)) / contender.count;
    results.push({ name: contender.name, single, ten: await timed(contender, TOGETHER, AT_ONCE) });
  }
  return results;
}

function manifest(driver: string, repo: string): object[] {
  const api = { apiVersion: 'dual.dev/v1alpha1' };
  const spec = { source: { path: repo }, container: { driver }, commands: { container: ['true'] } };
  return [
    { ...api, kind: 'Project', metadata: { name: driver }, spec },
    { ...api, kind: 'Workspace', metadata: { name: `${driver}-main` }, spec: { project: driver, branch: 'main' } },
  ];
}

/** It wants a configuration, even for a container that is there. */
function devcontainerFolder(dir: string): string {
  const folder = path.join(dir, 'devcontainer');
  mkdirSync(path.join(folder, '.devcontainer'), { recursive: true });
  const config = { image: 'unused', workspaceFolder: '/', workspaceMount: '' };
  writeFileSync(path.join(folder, '.devcontainer/devcontainer.json'), JSON.stringify(config));
  return folder;
}

async function contenders(instance: Instance, dir: string): Promise<Contender[]> {
  const shells = await Promise.all(
    DRIVERS.map(async (driver) => {
      await instance.ready(`${driver}-main`);
      return workspaceShell(instance, `${driver}-main`);
    }),
  );
  const { status } = await instance.workspace('docker-main');
  const id = status?.container?.id ?? '';
  const plain = { env: Object.fromEntries(Object.entries(process.env)) as Record<string, string>, cwd: dir };
  const cli = installDevcontainers(path.join(dir, 'cli'));
  const folder = ['--workspace-folder', devcontainerFolder(dir), '--container-id', id];
  return [
    { name: 'true', argv: ['/bin/true'], shell: plain, count: COMMANDS },
    { name: 'docker exec true', argv: ['docker', 'exec', id, 'true'], shell: plain, count: COMMANDS },
    ...shells.map((shell, index) => ({
      name: `true, routed (${DRIVERS[index]})`,
      // A shell has a command of that name built in.
      argv: ['env', 'true'],
      shell,
      count: COMMANDS,
    })),
    {
      name: 'devcontainer exec true',
      argv: [process.execPath, cli, 'exec', ...folder, 'true'],
      shell: plain,
      count: SLOW_COMMANDS,
    },
  ];
}

const dir = mkdtempSync(path.join(os.tmpdir(), 'dual-bench-'));
const instance = await createInstance();
try {
  const repo = path.join(dir, 'repo');
  makeRepo(repo, { 'package.json': JSON.stringify({ name: 'bench', private: true }) }, []);
  for (const driver of DRIVERS) instance.manifest(`${driver}.yaml`, ...manifest(driver, repo));
  const all = await contenders(instance, dir);
  const one = new Map<string, number[]>(all.map(({ name }) => [name, []]));
  const together = new Map<string, number[]>(all.map(({ name }) => [name, []]));
  // The first round fills caches.
  await runRound(all);
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const { name, single, ten } of await runRound(all)) {
      one.get(name)!.push(single);
      together.get(name)!.push(ten);
    }
  }
  const base = one.get('docker exec true')!;
  for (const { name } of all) {
    const [singles, tens] = [one.get(name)!, together.get(name)!];
    const ratio = median(singles.map((value, index) => value / base[index]!));
    const spread = median(tens.map((value, index) => value / singles[index]!));
    console.log(
      `${name.padEnd(26)} ${median(singles).toFixed(1).padStart(7)} ms   of docker exec ${ratio.toFixed(2)}   ` +
        `${AT_ONCE} at once ${median(tens).toFixed(1).padStart(7)} ms, ${spread.toFixed(1)} times one`,
    );
  }
} finally {
  await instance.destroy();
  rmSync(dir, { recursive: true, force: true });
}
