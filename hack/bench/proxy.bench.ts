// Dual's proxy beside nginx, Caddy and http-proxy, all before one server in one container. The others reach it by a relay inside, as
// they know no guest. Ratios are medians of those of each round, with the least and the greatest; differences under a tenth are noise.
//   BENCH_ROUNDS=N   rounds
//   BENCH_ONLY=KEY,KEY   of streams, keepalive, latency, heads, close, download, websocket, fleet
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { packageRoot } from '../../src/config/package-root.ts';
import { eventually } from '../../test/support/eventually.ts';
import { DUAL, NO_PROXY, type Contender } from './proxy/contender.ts';
import { fleetMeasurements } from './proxy/fleet-measurements.ts';
import { startFleetProxies } from './proxy/fleet-proxies.ts';
import { createMachine, PORTS, type Machine } from './proxy/machine.ts';
import { runRounds, type Measurement } from './proxy/measurement.ts';
import { measurementsOf, SECONDS } from './proxy/measurements.ts';
import { startOthers } from './proxy/others.ts';
import { reportLines } from './proxy/report.ts';
import { createScope, type Scope } from './proxy/scope.ts';
import { createEcho } from './proxy/websocket.ts';
import { busyShare } from './proxy/quiet.ts';
import { runWrk } from './proxy/wrk.ts';

const ROUNDS = Number(process.env['BENCH_ROUNDS'] ?? 3);
/** The share of the machine above which something else has too much to do. */
const BUSY = 0.1;
const ONLY = process.env['BENCH_ONLY']?.split(',');

/** nginx, Caddy and wrk, an engine, and what is to be measured. */
function prepare(): void {
  for (const command of [
    ['bash', 'hack/setup', '--bench'],
    [process.execPath, 'hack/build.mjs'],
  ]) {
    const { status } = spawnSync(command[0]!, command.slice(1), { cwd: packageRoot(), stdio: 'inherit' });
    if (status !== 0) throw new Error(`${command.join(' ')} has failed`);
  }
}

function contendersOf(scope: Scope, dir: string, machine: Machine): Contender[] {
  const { host, address, instance, proxyPid } = machine;
  const [port = 0] = PORTS;
  return [
    { name: NO_PROXY, address, port, host, pids: [] },
    ...startOthers(scope, dir, machine),
    { name: DUAL, address: instance.address, port, host, pids: [proxyPid] },
  ];
}

/** Waits until it serves, and then lets it get into its stride: what is compiled as it runs takes some ten thousand requests for that. */
async function warmUp(contender: Contender): Promise<void> {
  await eventually(() => runWrk(contender, { connections: 4, seconds: 1 }), { timeout: 20_000 });
  await runWrk(contender, { connections: 32, seconds: 4 });
}

async function measurements(scope: Scope, dir: string): Promise<Measurement[]> {
  const machine = await createMachine(scope, dir);
  const contenders = contendersOf(scope, dir, machine);
  const [one, many] = await startFleetProxies(scope, dir, machine);
  const all = [
    ...measurementsOf(contenders, await createEcho(dir, SECONDS), machine.pid),
    ...fleetMeasurements(dir, one, many),
  ];
  const wanted = all.filter(({ key }) => ONLY?.includes(key) ?? true);
  if (wanted.length === 0) throw new Error(`BENCH_ONLY: there are ${all.map(({ key }) => key).join(', ')}`);
  for (const contender of new Set(wanted.flatMap((measurement) => measurement.contenders))) await warmUp(contender);
  return wanted;
}

const scope = createScope();
try {
  prepare();
  const dir = mkdtempSync(path.join(os.tmpdir(), 'dual-b-'));
  scope.defer(() => rmSync(dir, { recursive: true, force: true }));
  const wanted = await measurements(scope, dir);
  let busiest = 0;
  const results = await runRounds(wanted, ROUNDS, async (round) => {
    busiest = Math.max(busiest, await busyShare());
    console.error(`round ${round} of ${ROUNDS}`);
  });
  console.log(reportLines(results).join('\n'));
  if (busiest > BUSY)
    console.log(`\nsomething else took ${(busiest * 100).toFixed(0)} % of this machine: do not trust these figures`);
} finally {
  await scope.end();
}
