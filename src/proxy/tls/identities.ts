import tls, { type SecureContext } from 'node:tls';
import type { Clock } from '../../clock/clock.ts';
import { generateKeys, issueLeafCertificate, type Issuer } from './profiles.ts';
import { namesOfAddress, servedName } from './server-name.ts';

/** Key and certificate for every name, made when it is first asked for. */
export interface Identities {
  /** Undefined for a name that Dual does not serve. */
  forName(serverName: string): SecureContext | undefined;
  /** For a client that names no server. @param address that it has connected to */
  forAddress(address: string | undefined): SecureContext;
}

interface Entry {
  context: SecureContext;
  madeAt: number;
  /** When it is made anew. */
  until: number;
}

/** At most so many are kept; the one that was not used for the longest time goes first. */
const MAX_KEPT = 256;
const HOUR_MS = 3_600_000;
/** The part of its life after which a certificate is replaced. */
const RENEWAL = 2 / 3;

export function createIdentities(issuer: Issuer, clock: Clock): Identities {
  // One key for all names: it never leaves this process, and ends with it.
  const { publicKey, privateKey } = generateKeys();
  const key = privateKey.export({ type: 'pkcs8', format: 'pem' });
  const kept = new Map<string, Entry>();

  function make(names: string[]): Entry {
    const now = clock.now();
    const { pem, notAfter } = issueLeafCertificate(issuer, { names, publicKey }, now);
    return {
      context: tls.createSecureContext({ key, cert: pem, minVersion: 'TLSv1.2' }),
      madeAt: now,
      // An authority that has ended gives nothing better, however often it is asked.
      until: now + Math.max((notAfter - now) * RENEWAL, HOUR_MS),
    };
  }
  function take(names: string[]): SecureContext {
    const id = names.join(' ');
    const now = clock.now();
    const known = kept.get(id);
    const entry = known && now >= known.madeAt - HOUR_MS && now < known.until ? known : make(names);
    kept.delete(id);
    kept.set(id, entry);
    const [oldest] = kept.keys();
    if (kept.size > MAX_KEPT && oldest !== undefined) kept.delete(oldest);
    return entry.context;
  }

  return {
    forName(serverName) {
      const name = servedName(serverName);
      return name === undefined ? undefined : take([name]);
    },
    forAddress: (address) => take(namesOfAddress(address)),
  };
}
