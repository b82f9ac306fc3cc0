import { once } from 'node:events';
import { existsSync, lstatSync } from 'node:fs';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import net from 'node:net';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { machineSpec, run } from './container-driver.contract.ts';
import type { DriverHarness } from './container-driver.contract.ts';
import { dockerHarness } from './docker-harness.ts';
import { sharedTmpContract } from './shared-tmp.contract.ts';

sharedTmpContract('docker', dockerHarness);

describe('a container whose covers in /tmp have lost what they lay on', () => {
  let harness: DriverHarness;
  let dir: string;
  beforeAll(async () => {
    harness = await dockerHarness();
    dir = await mkdtemp('/tmp/ssh-');
  });
  afterAll(async () => {
    await harness.close();
    await rm(dir, { recursive: true, force: true });
  });

  /** Of a machine that was made while sockets were there, and stopped; they are gone. */
  async function stoppedMachine(): Promise<{
    spec: Awaited<ReturnType<typeof machineSpec>>;
    id: string;
    place: string;
  }> {
    const place = path.join(harness.root, 'a/b');
    for (const wanted of [dir, place]) await mkdir(wanted, { recursive: true });
    const server = net.createServer();
    server.listen(path.join(place, 's'));
    await once(server, 'listening');
    const spec = await machineSpec(harness);
    const { id } = await harness.driver.ensure(spec);
    await harness.driver.stop(spec.owner.uid);
    await new Promise((resolve) => server.close(resolve));
    await rm(path.dirname(place), { recursive: true });
    await rm(dir, { recursive: true });
    return { spec, id, place };
  }

  it('is started again as it is, and leaves nothing in their places on the host', async () => {
    const { spec, id, place } = await stoppedMachine();
    const machine = await harness.driver.ensure(spec);
    expect(machine).toMatchObject({ id, running: true });
    expect([existsSync(dir), existsSync(path.dirname(place))]).toEqual([false, false]);
    expect((await run(machine, ['ls', '/tmp/.X11-unix'])).output).toBe('');
    await harness.driver.remove(spec.owner.uid);
  });

  it('is made anew when something else is there, which is left alone', async () => {
    const { spec, id, place } = await stoppedMachine();
    await writeFile(path.join(harness.root, 'target'), 'text');
    await symlink(harness.root, path.dirname(place));
    const machine = await harness.driver.ensure(spec);
    expect(machine.running).toBe(true);
    expect(machine.id).not.toBe(id);
    expect(lstatSync(path.dirname(place)).isSymbolicLink()).toBe(true);
    expect(existsSync(path.join(harness.root, 'b'))).toBe(false);
    await harness.driver.remove(spec.owner.uid);
  });
});
