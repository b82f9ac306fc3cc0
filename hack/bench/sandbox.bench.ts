// From nothing to a guest that answers, and what an idle machine holds in memory: sandboxes beside containers beside `docker run`.
import { execFileSync } from 'node:child_process';
import { lstatSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, readlinkSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { execa } from 'execa';
import { createDocker } from '../../src/drivers/container/docker/create-docker.ts';
import { createDockerDriver } from '../../src/drivers/container/docker/docker-driver.ts';
import type { Container, ContainerDriver, ContainerSpec } from '../../src/drivers/container/driver.ts';
import { createLimits } from '../../src/drivers/container/sandbox/limits.ts';
import { createNetwork } from '../../src/drivers/container/sandbox/network.ts';
import { createSandboxDriver } from '../../src/drivers/container/sandbox/sandbox-driver.ts';
import { containerSpecHash } from '../../src/drivers/container/spec-hash.ts';
import { GUEST_NODE_FLAGS } from '../../src/guest/flags.ts';
import { handshake } from '../../src/guest/handshake.ts';
import { silentLog } from '../../src/log/log.ts';
import { testGuestRuntime } from '../../test/support/guest-runtime.ts';
import { median } from './fleet.ts';

const ROUNDS = Number(process.env['BENCH_ROUNDS'] ?? 10);
const BASE_IMAGE = 'debian:bookworm-slim';
const POLL_MS = 2;

const root = mkdtempSync(path.join(os.tmpdir(), 'dual-b-'));
const install = path.basename(root).toLowerCase();
const label = `dual-bench=${process.pid}`;
let count = 0;

function specOf(image: string): ContainerSpec {
  count += 1;
  const { uid, gid, username: name, homedir: home } = os.userInfo();
  const worktree = path.join(root, `w${count}`);
  mkdirSync(worktree);
  const { dev, ino } = lstatSync(worktree, { bigint: true });
  const workspace = `${install}-${count}`;
  const spec = {
    owner: { uid: `bench-${count}`, workspace, project: 'bench' },
    name: `dual-${workspace}`,
    hostname: os.hostname(),
    image,
    worktree,
    worktreeIdentity: `${dev}:${ino}`,
    mounts: [],
    tmp: 'private' as const,
    env: {},
    resources: { pids: 4096 },
    user: { uid, gid, name, home },
    guestDir: path.join(root, `g${count}`),
  };
  return { ...spec, specHash: containerSpecHash(spec) };
}

async function untilAnswers({ guest }: Container): Promise<void> {
  for (;;) {
    try {
      await handshake(guest);
      return;
    } catch {
      await new Promise((resolve) => {
        setTimeout(resolve, POLL_MS);
      });
    }
  }
}

/** Milliseconds from nothing until `size` machines answer, all asked for at once. */
async function started(driver: ContainerDriver, image: string, size: number): Promise<{ ms: number; mib: number }> {
  const specs = Array.from({ length: size }, () => specOf(image));
  const start = performance.now();
  await Promise.all(specs.map(async (spec) => untilAnswers(await driver.ensure(spec))));
  const ms = performance.now() - start;
  const mib = residentOf(specs.length === 1 ? specs[0]!.guestDir : undefined);
  await Promise.all(specs.map(({ owner }) => driver.remove(owner.uid)));
  return { ms, mib };
}

/** MiB of every process in the namespaces of the one that listens below that directory: whatever has that directory mounted. */
function residentOf(dir: string | undefined): number {
  if (dir === undefined) return 0;
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  const inside = pids.filter((pid) => holds(pid, dir));
  return inside.reduce((sum, pid) => sum + residentSize(pid), 0) / 1024;
}

function holds(pid: string, dir: string): boolean {
  try {
    if (readlinkSync(`/proc/${pid}/ns/mnt`) === readlinkSync('/proc/self/ns/mnt')) return false;
    return readFileSync(`/proc/${pid}/mountinfo`, 'utf8').includes(path.basename(dir) + ' /run/dual/s ');
  } catch {
    // Gone, or not to be looked into.
    return false;
  }
}

function residentSize(pid: string): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0);
}

async function bareDocker(size: number): Promise<number> {
  const start = performance.now();
  const args = ['run', '-d', '--init', '--label', label, BASE_IMAGE, 'sleep', 'infinity'];
  await Promise.all(Array.from({ length: size }, () => execa('docker', args)));
  const ms = performance.now() - start;
  const ids = execFileSync('docker', ['ps', '-aq', '--filter', `label=${label}`], { encoding: 'utf8' });
  execFileSync('docker', ['rm', '-f', ...ids.split('\n').filter(Boolean)], { stdio: 'ignore' });
  return ms;
}

const guestRuntime = await testGuestRuntime();
const machines = {
  install,
  guestRuntime: () => Promise.resolve(guestRuntime),
  guestFlags: [...GUEST_NODE_FLAGS],
  version: '0.0.0-bench',
  log: silentLog,
};
const env = Object.fromEntries(Object.entries(process.env).filter((entry): entry is [string, string] => !!entry[1]));
const drivers: [string, ContainerDriver, string][] = [
  [
    'sandbox',
    createSandboxDriver({
      ...machines,
      dir: path.join(root, 'sandboxes'),
      env: () => Promise.resolve(env),
      masked: [],
      network: createNetwork({ env, log: silentLog }),
      limits: createLimits({ log: silentLog }),
    }),
    '',
  ],
  [
    'container',
    createDockerDriver({
      ...machines,
      docker: createDocker(process.env),
      forbidden: [path.join(root, 'state')],
      own: [],
    }),
    BASE_IMAGE,
  ],
];

try {
  const results: Record<string, { one: number[]; fifteen: number[]; mib: number[] }> = {};
  const record = (name: string): { one: number[]; fifteen: number[]; mib: number[] } =>
    (results[name] ??= { one: [], fifteen: [], mib: [] });
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const [name, driver, image] of drivers) {
      const one = await started(driver, image, 1);
      record(name).one.push(one.ms);
      record(name).mib.push(one.mib);
      record(name).fifteen.push((await started(driver, image, 15)).ms);
    }
    record('docker run').one.push(await bareDocker(1));
    record('docker run').fifteen.push(await bareDocker(15));
  }
  const base = results['docker run']!;
  for (const [name, { one, fifteen, mib }] of Object.entries(results)) {
    const ratio = (values: number[], others: number[]): string => (median(values) / median(others)).toFixed(2);
    const memory = mib.length > 0 ? `   ${median(mib).toFixed(0)} MiB resident each` : '';
    console.log(
      `${name.padEnd(12)} one ${median(one).toFixed(0).padStart(5)} ms (${ratio(one, base.one)})   fifteen at once ${median(fifteen).toFixed(0).padStart(6)} ms (${ratio(fifteen, base.fifteen)})${memory}`,
    );
  }
  console.log('in brackets: beside docker run; medians');
} finally {
  rmSync(root, { recursive: true, force: true });
}
