import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { Container, ContainerDriver } from '../../src/drivers/container/driver.ts';
import { createSandboxDriver } from '../../src/drivers/container/sandbox/sandbox-driver.ts';
import type { SandboxDriverOptions } from '../../src/drivers/container/sandbox/sandbox-driver.ts';
import { GUEST_NODE_FLAGS } from '../../src/guest/flags.ts';
import { silentLog } from '../../src/log/log.ts';
import { testCache, testGuestRuntime } from '../support/guest-runtime.ts';
import type { DriverHarness } from './container-driver.contract.ts';
import { pidOf } from './sandbox-pids.ts';

export interface SandboxHarness extends DriverHarness {
  /** Where the sandboxes have what belongs to them. */
  dir: string;
  /** A directory outside of /tmp, of which a machine has its own: `state` and `clones` in it are hidden. */
  home: string;
  /** A driver with other options. */
  driverWith(changes: Partial<SandboxDriverOptions>): ContainerDriver;
}

export const NO_NETWORK = 'outgoing network: none in this test';

/** A directory that is seen inside, as a home is: not below /tmp, which a sandbox has of its own, wherever the tests are. */
async function visiblePlace(): Promise<string> {
  const hidden = ['/tmp', '/var/tmp', '/run'].some((dir) => testCache.startsWith(`${dir}/`));
  if (hidden) return os.homedir();
  await mkdir(testCache, { recursive: true });
  return testCache;
}

/** Sandboxes of a driver that finds no network helper and no limits. */
export async function sandboxHarness(): Promise<SandboxHarness> {
  const root = await mkdtemp(path.join(os.tmpdir(), 'dual-'));
  const home = await mkdtemp(path.join(await visiblePlace(), '.h-'));
  for (const name of ['state', 'clones']) await mkdir(path.join(home, name));
  const install = `test-${path.basename(root)}`;
  const guestRuntime = await testGuestRuntime();
  const dir = path.join(root, 'state/sandboxes');
  const driverWith = (changes: Partial<SandboxDriverOptions>): ContainerDriver =>
    createSandboxDriver({
      dir,
      install,
      guestRuntime: () => Promise.resolve(guestRuntime),
      guestFlags: [...GUEST_NODE_FLAGS],
      version: '0.0.0-test',
      env: () => Promise.resolve({ PATH: process.env['PATH'] ?? '', HOME: home }),
      masked: [
        ...[`${root}/state`, `${home}/state`].map((file) => ({ path: file, made: true })),
        { path: `${root}/api.sock` },
        ...[`${root}/clones`, `${home}/clones`].map((file) => ({ path: file, mountable: true })),
      ],
      network: { find: () => Promise.resolve({ notice: NO_NETWORK }), detach: () => Promise.resolve() },
      limits: { grant: () => Promise.resolve({ notices: [] }), release: () => Promise.resolve() },
      log: silentLog,
      ...changes,
    });
  const driver = driverWith({});
  const kill = (container: Container): void => void process.kill(pidOf(dir, container, 'run'), 'SIGKILL');
  return {
    driver,
    successor: driverWith({}),
    stranger: driverWith({ install: `${install}-stranger` }),
    driverWith,
    ...{ dir, home, root },
    image: '',
    prefix: path.basename(root).toLowerCase(),
    kill: (container) => Promise.resolve(kill(container)),
    destroy: async (container) => {
      kill(container);
      await rm(path.join(dir, container.owner.uid), { recursive: true });
    },
    close: async () => {
      for (const { owner } of await driver.list()) await driver.remove(owner.uid);
      await Promise.all([root, home].map((directory) => rm(directory, { recursive: true })));
    },
  };
}
