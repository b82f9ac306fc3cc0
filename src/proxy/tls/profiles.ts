import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { isIP } from 'node:net';
import type { Extension, Name } from '@peculiar/asn1-x509';
import { CA_ORGANIZATION } from '../../config/certificate-authority.ts';
import { asn1 } from './asn1.ts';
import { distinguishedName, extension, issueCertificate, keyIdentifier } from './certificate.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Clocks differ: what is made now must not be from the future for whoever looks at it. */
const SKEW_MS = HOUR_MS;
const CA_DAYS = 3650;
/** Apple refuses certificates of more than 825 days, and of more than 398 where the authority is a public one. */
const LEAF_DAYS = 90;
/** Of a common name, RFC 5280 appendix A. */
const MAX_COMMON_NAME = 64;

export interface KeyPair {
  publicKey: KeyObject;
  privateKey: KeyObject;
}

export function generateKeys(): KeyPair {
  return generateKeyPairSync('ec', { namedCurve: 'P-256' });
}

/**
 * The certificate of an authority, PEM. Whoever gets hold of its key can pretend to be services on this very machine, and nothing else:
 * it may sign for `localhost` with all below it and for loopback addresses, for servers of TLS, and it may not pass that on.
 */
export function issueCaCertificate(keys: KeyPair, owner: { user: string; host: string }, now: number): string {
  const { x509 } = asn1();
  const id = keyIdentifier(keys.publicKey);
  const short = Buffer.from(id).toString('hex').slice(0, 8);
  const name = distinguishedName([
    ['O', CA_ORGANIZATION],
    ['CN', commonName(`Dual CA ${short}`, `${owner.user}@${owner.host}`)],
  ]);
  const usage = x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign;
  return issueCertificate({
    subject: name,
    issuer: name,
    validity: { from: now - SKEW_MS, to: now - SKEW_MS + CA_DAYS * DAY_MS },
    publicKey: keys.publicKey,
    signingKey: keys.privateKey,
    extensions: [
      extension(x509.id_ce_basicConstraints, new x509.BasicConstraints({ cA: true, pathLenConstraint: 0 }), true),
      extension(x509.id_ce_keyUsage, new x509.KeyUsage(usage), true),
      extension(x509.id_ce_extKeyUsage, new x509.ExtendedKeyUsage([x509.id_kp_serverAuth])),
      extension(x509.id_ce_nameConstraints, loopbackOnly(), true),
      extension(x509.id_ce_subjectKeyIdentifier, new x509.SubjectKeyIdentifier(id)),
      authorityKey(id),
    ],
  });
}

export interface Issuer {
  /** Of the authority's certificate. */
  subject: Name;
  publicKey: KeyObject;
  privateKey: KeyObject;
  /** End of the authority's certificate, milliseconds since the epoch. */
  notAfter: number;
}

/** The certificate of a server of these names and addresses, PEM, and when it ends. */
export function issueLeafCertificate(
  issuer: Issuer,
  { names, publicKey }: { names: string[]; publicKey: KeyObject },
  now: number,
): { pem: string; notAfter: number } {
  const { x509 } = asn1();
  const notAfter = Math.min(now - SKEW_MS + LEAF_DAYS * DAY_MS, issuer.notAfter);
  const alternatives = names.map(
    (name) => new x509.GeneralName(isIP(name) === 0 ? { dNSName: name } : { iPAddress: name }),
  );
  const pem = issueCertificate({
    // What it is for stands in the alternative names; here would not be room for every name.
    subject: distinguishedName([['CN', 'Dual workspace']]),
    issuer: issuer.subject,
    validity: { from: now - SKEW_MS, to: notAfter },
    publicKey,
    signingKey: issuer.privateKey,
    extensions: [
      extension(x509.id_ce_basicConstraints, new x509.BasicConstraints(), true),
      extension(x509.id_ce_keyUsage, new x509.KeyUsage(x509.KeyUsageFlags.digitalSignature), true),
      extension(x509.id_ce_extKeyUsage, new x509.ExtendedKeyUsage([x509.id_kp_serverAuth])),
      extension(x509.id_ce_subjectAltName, new x509.SubjectAlternativeName(alternatives)),
      extension(x509.id_ce_subjectKeyIdentifier, new x509.SubjectKeyIdentifier(keyIdentifier(publicKey))),
      authorityKey(keyIdentifier(issuer.publicKey)),
    ],
  });
  return { pem, notAfter };
}

function authorityKey(id: ArrayBuffer): Extension {
  const { x509 } = asn1();
  const keyId = new x509.KeyIdentifier(id);
  return extension(x509.id_ce_authorityKeyIdentifier, new x509.AuthorityKeyIdentifier({ keyIdentifier: keyId }));
}

/** A name stands for all below it too. */
function loopbackOnly(): object {
  const { x509 } = asn1();
  const permitted = [{ dNSName: 'localhost' }, { iPAddress: '127.0.0.0/8' }, { iPAddress: '::1/128' }];
  const subtrees = permitted.map((base) => new x509.GeneralSubtree({ base: new x509.GeneralName(base) }));
  return new x509.NameConstraints({ permittedSubtrees: new x509.GeneralSubtrees(subtrees) });
}

/** Plain characters alone: trust stores go by this name, each with an encoding of its own for others. */
function commonName(start: string, owner: string): string {
  const room = MAX_COMMON_NAME - start.length - ' ()'.length;
  return `${start} (${owner.replaceAll(/[^\w@.-]/g, '-').slice(0, room)})`;
}
