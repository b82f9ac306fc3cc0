// What fifteen Ready workspaces cost while nobody does anything: processor time and memory of the daemon, the proxy and the guests.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { createInstance } from '../../test/support/instance.ts';
import { FLEET, isServed, makeRepos, until, writeManifests } from './fleet.ts';

const SECONDS = Number(process.env['BENCH_SECONDS'] ?? 120);
const TICKS_PER_SECOND = Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }));

interface Usage {
  /** Seconds of processor time since its start, its ended children included. */
  cpu: number;
  /** MiB. */
  resident: number;
}

function usage(pid: number): Usage {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /, '')
    .split(' ')
    .map(Number);
  const cpu = (fields[11]! + fields[12]! + fields[13]! + fields[14]!) / TICKS_PER_SECOND;
  const kib = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return { cpu, resident: Number(kib) / 1_024 };
}

function sum(pids: number[]): Usage {
  return pids
    .map(usage)
    .reduce((a, b) => ({ cpu: a.cpu + b.cpu, resident: a.resident + b.resident }), { cpu: 0, resident: 0 });
}

function childrenOf(pid: number): number[] {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number);
}

const dir = mkdtempSync(path.join(os.tmpdir(), 'dual-bench-'));
const instance = await createInstance();
try {
  makeRepos(path.join(dir, 'repos'));
  writeManifests(instance, path.join(dir, 'repos'));
  await until(instance, FLEET.length, isServed);
  const inits = execFileSync('docker', ['inspect', '--format', '{{.State.Pid}}', ...instance.machines()], {
    encoding: 'utf8',
  });
  const proxy = Number(
    JSON.parse(
      execFileSync('curl', ['-s', '--unix-socket', instance.paths.proxySocket, 'http://proxy/v1'], {
        encoding: 'utf8',
      }),
    ).pid,
  );
  const groups: Record<string, number[]> = {
    daemon: [await instance.daemonPid()],
    proxy: [proxy],
    'guests (15 together)': inits
      .trim()
      .split('\n')
      .flatMap((pid) => childrenOf(Number(pid))),
  };
  await new Promise((resolve) => {
    setTimeout(resolve, 10_000);
  });
  const before = Object.fromEntries(Object.entries(groups).map(([name, pids]) => [name, sum(pids)]));
  await new Promise((resolve) => {
    setTimeout(resolve, SECONDS * 1_000);
  });
  for (const [name, pids] of Object.entries(groups)) {
    const { cpu, resident } = sum(pids);
    const percent = ((cpu - before[name]!.cpu) / SECONDS) * 100;
    console.log(
      `${name.padEnd(24)} ${percent.toFixed(2).padStart(6)} % of one core   ${resident.toFixed(0).padStart(5)} MiB resident`,
    );
  }
} finally {
  await instance.destroy();
  rmSync(dir, { recursive: true, force: true });
}
