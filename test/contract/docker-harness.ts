import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { LABEL_INSTALL } from '../../src/api/labels.ts';
import type { ContainerDriver } from '../../src/drivers/container/driver.ts';
import { createDocker } from '../../src/drivers/container/docker/create-docker.ts';
import type { HostFiles } from '../../src/drivers/container/docker/host-data.ts';
import { createDockerDriver } from '../../src/drivers/container/docker/docker-driver.ts';
import { GUEST_NODE_FLAGS } from '../../src/guest/flags.ts';
import { silentLog } from '../../src/log/log.ts';
import { testGuestRuntime } from '../support/guest-runtime.ts';
import type { DriverHarness } from './container-driver.contract.ts';

export const docker = createDocker(process.env);

/** Machines as containers of the engine that is here, from the base image under a name of their own. */
export async function dockerHarness(hostFiles?: HostFiles): Promise<DriverHarness> {
  const root = await mkdtemp(path.join(os.tmpdir(), 'dual-'));
  const install = `test-${path.basename(root)}`;
  const guestRuntime = await testGuestRuntime();
  const image = `${install.toLowerCase()}:1`;
  const driverOf = (owner: string): ContainerDriver =>
    createDockerDriver({
      docker,
      install: owner,
      guestRuntime: () => Promise.resolve(guestRuntime),
      guestFlags: [...GUEST_NODE_FLAGS],
      version: '0.0.0-test',
      forbidden: [path.join(root, 'state'), path.join(root, 'api.sock')],
      own: [path.join(root, 'clones')],
      log: silentLog,
      ...(hostFiles && { hostFiles }),
    });
  await docker.getImage('debian:bookworm-slim').tag({ repo: install.toLowerCase(), tag: '1' });
  return {
    driver: driverOf(install),
    successor: driverOf(install),
    stranger: driverOf(`${install}-stranger`),
    root,
    image,
    prefix: path.basename(root).toLowerCase(),
    kill: async (container) => {
      await docker.getContainer(container.id).kill();
    },
    destroy: async (container) => {
      await docker.getContainer(container.id).remove({ force: true });
    },
    close: async () => {
      await removeContainers(install);
      await docker.getImage(image).remove();
      await rm(root, { recursive: true });
    },
  };
}

async function removeContainers(install: string): Promise<void> {
  const left = await docker.listContainers({ all: true, filters: { label: [`${LABEL_INSTALL}=${install}`] } });
  await Promise.all(left.map((info) => docker.getContainer(info.Id).remove({ force: true, v: true })));
}
