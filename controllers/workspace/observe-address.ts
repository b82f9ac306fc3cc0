import type { Workspace } from '../../src/api/types.ts';
import { chooseAddress, type Holder } from './address.ts';
import type { Look } from './look.ts';

/** Settles the Workspace's loopback address. At once, so that two that are looked at in the same moment cannot take the same one. */
export function observeAddress({ context, workspace, addresses }: Look): string {
  const { host, api } = context;
  const { name } = workspace.metadata;
  // The status on record comes first for itself; of the others it may not tell yet what they were given.
  const own = holder(workspace, workspace.status?.address ?? addresses.get(name));
  const others = api.workspaces
    .list()
    .filter(({ metadata }) => metadata.name !== name)
    .map((other) => holder(other, addresses.get(other.metadata.name) ?? other.status?.address));
  const address = chooseAddress(own, others, { instance: host.nameSuffix, reserved: host.proxyAddresses });
  addresses.set(name, address);
  return address;
}

function holder({ metadata }: Workspace, address: string | undefined): Holder {
  return { name: metadata.name, since: metadata.creationTimestamp, address };
}
