import { existsSync } from 'node:fs';
import path from 'node:path';
import type { Authority } from '../../../proxy/tls/authority.ts';
import { findBundle } from './bundle.ts';
import { systemProgramOf, type TrustHost } from './host.ts';
import type { TrustStore } from './store.ts';

/** The system's store on Debian, Ubuntu and Alpine: a directory, and a program that makes one file of it. Undefined elsewhere. */
export async function findDebianStore(host: TrustHost): Promise<TrustStore | undefined> {
  const { certificates, updateOptions } = host.system;
  const [update, install, rm] = ['update-ca-certificates', 'install', 'rm'].map((name) => systemProgramOf(host, name));
  if (!update || !install || !rm || !existsSync(certificates)) return undefined;
  const fileOf = ({ id }: Authority): string => path.join(certificates, `dual-${id}.crt`);
  return {
    name: `the system's store (${certificates})`,
    needsRoot: !host.isRoot,
    async observe(authority) {
      const isThere = existsSync(fileOf(authority));
      const isBundled = (await findBundle(host, authority)) !== undefined;
      if (isThere && isBundled) return 'trusted';
      return isThere || isBundled ? 'partial' : 'absent';
    },
    add: (authority) => [
      [install, '-m', '0644', '--', authority.file, fileOf(authority)],
      [update, ...updateOptions],
    ],
    // It leaves what points to a missing file, unless it begins afresh.
    remove: (authority) => [
      [rm, '-f', '--', fileOf(authority)],
      [update, '--fresh', ...updateOptions],
    ],
  };
}
