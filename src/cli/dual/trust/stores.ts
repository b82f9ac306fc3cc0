import { findDebianStore } from './debian-store.ts';
import type { TrustHost } from './host.ts';
import { findKeychain } from './keychain.ts';
import { findNssStores } from './nss-store.ts';
import { findP11Store } from './p11-store.ts';
import type { TrustStore } from './store.ts';

/** Those that this machine has, the system's first. */
export async function findStores(host: TrustHost): Promise<TrustStore[]> {
  const system = findKeychain(host) ?? (await findDebianStore(host)) ?? findP11Store(host);
  return [...(system ? [system] : []), ...(await findNssStores(host))];
}
