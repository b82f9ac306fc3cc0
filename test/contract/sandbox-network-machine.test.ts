import { existsSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Container, ContainerDriver, ContainerSpec } from '../../src/drivers/container/driver.ts';
import { createNetwork } from '../../src/drivers/container/sandbox/network.ts';
import { observeNetwork } from '../../src/drivers/container/sandbox/network/state.ts';
import { silentLog } from '../../src/log/log.ts';
import { eventually } from '../support/eventually.ts';
import { recordedPid } from '../support/net-host.ts';
import { isRunning } from '../support/processes.ts';
import { machineSpec, run } from './container-driver.contract.ts';
import { sandboxHarness, type SandboxHarness } from './sandbox-harness.ts';
import { pidOf } from './sandbox-pids.ts';

const env = { PATH: process.env['PATH'] };

/** With the part that the daemon gives it. Nothing is sent to anybody here. */
describe('the way out of a whole sandbox', () => {
  let harness: SandboxHarness;
  let driver: ContainerDriver;
  let spec: ContainerSpec;
  let machine: Container;
  let dir: string;
  beforeAll(async () => {
    // hack/setup brings the program; the device is the system's.
    expect(observeNetwork(env)).toMatchObject({ tools: [{ name: 'slirp4netns' }, {}] });
    harness = await sandboxHarness();
    driver = harness.driverWith({ network: createNetwork({ env, log: silentLog }) });
  });
  beforeEach(async () => {
    spec = await machineSpec(harness);
    machine = await driver.ensure(spec);
    dir = path.join(harness.dir, spec.owner.uid);
  });
  afterAll(async () => {
    for (const { owner } of await driver.list()) await driver.remove(owner.uid);
    await harness?.close();
  });

  it('is there, with a name server to ask', async () => {
    expect(machine.notices.join()).not.toContain('outgoing network');
    const { output } = await run(machine, ['cat', '/etc/resolv.conf', '/proc/net/dev']);
    expect(output).toMatch(/^nameserver 10\.0\.2\.3$/m);
    expect(output).toMatch(/^ *tap0:/m);
  });

  it('goes with it, whoever ends it', async () => {
    const helper = recordedPid(dir);
    expect(await isRunning(helper)).toBe(true);
    process.kill(pidOf(harness.dir, machine, 'run'), 'SIGKILL');
    await eventually(async () => expect(await isRunning(helper)).toBe(false));
  });

  it('is made anew with it', async () => {
    await driver.stop(spec.owner.uid);
    expect(existsSync(path.join(dir, 'network.pid'))).toBe(false);
    machine = await driver.ensure(spec);
    expect(await isRunning(recordedPid(dir))).toBe(true);
    const { output } = await run(machine, ['cat', '/proc/net/dev']);
    expect(output).toMatch(/^ *tap0:/m);
  });
});
