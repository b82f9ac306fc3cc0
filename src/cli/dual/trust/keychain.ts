import path from 'node:path';
import { run } from '../../../exec/run.ts';
import { programOf, type TrustHost } from './host.ts';
import type { TrustStore } from './store.ts';

/** The user's own keychain on macOS, which Safari and Chrome go by; it asks for the password itself. Undefined elsewhere. */
export function findKeychain(host: TrustHost): TrustStore | undefined {
  const security = programOf(host, 'security');
  if (host.platform !== 'darwin' || security === undefined) return undefined;
  const keychain = path.join(host.home, 'Library', 'Keychains', 'login.keychain-db');
  const answers = async (args: string[]): Promise<boolean> => {
    const { exitCode } = await run(security, args, { env: host.env, accept: ANY });
    return exitCode === 0;
  };
  return {
    name: `the keychain (${keychain})`,
    needsRoot: false,
    async observe({ file, name }) {
      if (!(await answers(['find-certificate', '-c', name, keychain]))) return 'absent';
      return (await answers(['verify-cert', '-c', file, '-k', keychain, '-p', 'ssl', '-l', '-L']))
        ? 'trusted'
        : 'partial';
    },
    add: ({ file }) => [[security, 'add-trusted-cert', '-r', 'trustRoot', '-p', 'ssl', '-k', keychain, file]],
    // -t takes the trust settings away with it.
    remove: ({ certificate }) => {
      const hash = certificate.fingerprint.replaceAll(':', '');
      return [[security, 'delete-certificate', '-t', '-Z', hash, keychain]];
    },
  };
}

/** It says by its exit code whether, not that something went wrong. */
const ANY = Array.from({ length: 256 }, (_, code) => code);
