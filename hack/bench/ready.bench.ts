// How long fifteen workspaces take from their manifests to Ready, beside the bare commands and beside `devcontainer up`.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { execa } from 'execa';
import { createInstance } from '../../test/support/instance.ts';
import type { Instance } from '../../test/support/instance.ts';
import { installDevcontainers } from './devcontainers.ts';
import { FLEET, isReady, isServed, makeRepos, median, until, writeManifests } from './fleet.ts';

const ROUNDS = Number(process.env['BENCH_ROUNDS'] ?? 3);
const LABEL = `dual-bench=${process.pid}`;
/** Many times what it takes; it waits for ever for a start that it has missed. */
const DEVCONTAINER_TIMEOUT_MS = 180_000;

async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

async function dualRound(instance: Instance, repos: string): Promise<{ ready: number; served: number }> {
  const start = performance.now();
  writeManifests(instance, repos);
  const ready = until(instance, FLEET.length, isReady).then(() => performance.now() - start);
  const served = until(instance, FLEET.length, isServed).then(() => performance.now() - start);
  const result = { ready: await ready, served: await served };
  const { code, stderr } = await instance.dualctl(['delete', 'workspaces', '--all', '--timeout=120s']);
  if (code !== 0) throw new Error(stderr);
  for (const { project } of FLEET) rmSync(path.join(instance.paths.manifests, `${project}.yaml`), { force: true });
  await instance.dualctl(['delete', 'projects', '--all', '--timeout=60s']);
  return result;
}

async function cloneLocally(repo: string, branch: string, clone: string): Promise<string> {
  await execa('git', ['clone', '--quiet', '--local', '--branch', branch, '--', repo, clone]);
  return clone;
}

/** What a person would type: git clone --local && docker run -d && tmux new-session, fifteen at once. */
async function bareRound(
  dir: string,
  repos: string,
  machine: { image(project: string): string; command: string[] },
): Promise<number> {
  const socket = path.join(dir, 't.sock');
  const clones = path.join(dir, 'bare');
  mkdirSync(clones, { recursive: true });
  try {
    return await timed(() =>
      Promise.all(
        FLEET.map(async ({ project, branch, name }) => {
          const clone = await cloneLocally(path.join(repos, project), branch, path.join(clones, name));
          const mount = ['--mount', `type=bind,source=${clone},target=${clone}`, '--workdir', clone];
          await execa('docker', [
            'run',
            '-d',
            '--init',
            '--label',
            LABEL,
            ...mount,
            machine.image(project),
            ...machine.command,
          ]);
          await execa('tmux', ['-S', socket, 'new-session', '-d', '-s', name, '-c', clone]);
        }),
      ),
    );
  } finally {
    execFileSync('tmux', ['-S', socket, 'kill-server']);
    removeLabelled();
    rmSync(clones, { recursive: true, force: true });
  }
}

async function devcontainerRound(
  dir: string,
  repos: string,
  cli: string,
  image: (project: string) => string,
): Promise<number> {
  const clones = path.join(dir, 'devcontainers');
  mkdirSync(clones, { recursive: true });
  try {
    return await timed(() =>
      Promise.all(
        FLEET.map(async ({ project, branch, name }) => {
          const clone = await cloneLocally(path.join(repos, project), branch, path.join(clones, name));
          mkdirSync(path.join(clone, '.devcontainer'));
          writeFileSync(
            path.join(clone, '.devcontainer/devcontainer.json'),
            JSON.stringify({ name, image: image(project), updateRemoteUserUID: false }),
          );
          await execa(
            process.execPath,
            [cli, 'up', '--workspace-folder', clone, '--id-label', LABEL, '--id-label', `dual-bench-name=${name}`],
            { timeout: DEVCONTAINER_TIMEOUT_MS },
          );
        }),
      ),
    );
  } finally {
    removeLabelled();
    rmSync(clones, { recursive: true, force: true });
  }
}

function removeLabelled(): void {
  const ids = execFileSync('docker', ['ps', '-aq', '--filter', `label=${LABEL}`], { encoding: 'utf8' })
    .split('\n')
    .filter(Boolean);
  if (ids.length > 0) execFileSync('docker', ['rm', '-f', ...ids], { stdio: 'ignore' });
}

function report(name: string, values: number[], base: number[]): void {
  const ratios = values.map((value, index) => value / base[index]!);
  const seconds = values.map((value) => (value / 1_000).toFixed(2)).join(', ');
  console.log(`${name.padEnd(34)} ${seconds} s   ratio to bare commands ${median(ratios).toFixed(2)}`);
}

const dir = mkdtempSync(path.join(os.tmpdir(), 'dual-bench-'));
const instance = await createInstance();
try {
  const repos = path.join(dir, 'repos');
  makeRepos(repos);
  const cli = installDevcontainers(path.join(dir, 'cli'));
  const first = await dualRound(instance, repos);
  console.log(`first round, images built: ${(first.ready / 1_000).toFixed(1)} s`);
  const refs = execFileSync(
    'docker',
    [
      'image',
      'ls',
      '--filter',
      `label=dual.dev/install=${instance.installId()}`,
      '--format',
      '{{.Repository}}:{{.Tag}}',
    ],
    { encoding: 'utf8' },
  );
  const image = (project: string): string => refs.split('\n').find((ref) => ref.startsWith(`dual/${project}-`)) ?? '';
  const ready: number[] = [];
  const served: number[] = [];
  const bare: number[] = [];
  const bareServing: number[] = [];
  const devcontainers: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const result = await dualRound(instance, repos);
    ready.push(result.ready);
    served.push(result.served);
    bare.push(await bareRound(dir, repos, { image, command: ['sleep', 'infinity'] }));
    bareServing.push(await bareRound(dir, repos, { image, command: ['node', 'server.js'] }));
    devcontainers.push(await devcontainerRound(dir, repos, cli, image));
  }
  report('bare commands', bare, bare);
  report('bare commands, with the server', bareServing, bare);
  report('Dual: all 15 Ready', ready, bare);
  report('Dual: all 15 serving :3000', served, bare);
  report('devcontainer up', devcontainers, bare);
  console.log(
    `Dual Ready / devcontainer up: ${median(ready.map((value, index) => value / devcontainers[index]!)).toFixed(2)}`,
  );
} finally {
  await instance.destroy();
  rmSync(dir, { recursive: true, force: true });
}
