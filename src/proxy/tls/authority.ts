import { createPrivateKey, X509Certificate, type KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { asn1 } from './asn1.ts';
import { caFiles, writeCaFiles } from './ca-files.ts';
import { generateKeys, issueCaCertificate, type Issuer } from './profiles.ts';

/** A certificate authority of Dual's: what anybody may know of it. */
export interface Authority {
  /** Absolute path of its certificate. */
  file: string;
  pem: string;
  certificate: X509Certificate;
  /** `Dual CA 1a2b3c4d (anna@laptop)`: names the key, so no two are alike. */
  name: string;
  /** The eight hex digits in its name: the beginning of its key's identifier. */
  id: string;
  /** End of its certificate, milliseconds since the epoch. */
  notAfter: number;
}

/** As a line of a certificate's subject. */
const NAME = /^CN=(Dual CA ([0-9a-f]{8}) \(.*\))$/m;

/** Makes an authority in that directory. @throws Error EEXIST when there is one */
export function createAuthority(dir: string, owner: { user: string; host: string }, now: number): Authority {
  const keys = generateKeys();
  const certificate = issueCaCertificate(keys, owner, now);
  const key = keys.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  writeCaFiles(dir, { certificate, key });
  return toAuthority(caFiles(dir).certificate, certificate);
}

/** Undefined when there is no certificate. @throws Error that names the file, for one that is not an authority's of Dual's */
export function readAuthority(dir: string): Authority | undefined {
  const { certificate } = caFiles(dir);
  let pem: string;
  try {
    pem = readFileSync(certificate, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  return toAuthority(certificate, pem);
}

/** What signs. @throws Error that names the file, when the key is not there or is not the certificate's */
export function readIssuer(dir: string, authority: Authority): Issuer {
  const { key: file } = caFiles(dir);
  const privateKey = parse(file, () => createPrivateKey(readFileSync(file)));
  const { certificate } = authority;
  if (!isOnCurve(privateKey) || !certificate.checkPrivateKey(privateKey)) {
    throw new Error(`${file} is not the key of ${authority.file}`);
  }
  const { schema, x509 } = asn1();
  const { subject } = schema.AsnConvert.parse(certificate.raw, x509.Certificate).tbsCertificate;
  return { subject, publicKey: certificate.publicKey, privateKey, notAfter: authority.notAfter };
}

function toAuthority(file: string, pem: string): Authority {
  const certificate = parse(file, () => new X509Certificate(pem));
  // Not toLegacyObject(): when it is called before anything else has loaded node:tls, that stays incomplete (seen up to Node 26).
  const [, name, id] = NAME.exec(certificate.subject) ?? [];
  if (name === undefined || id === undefined) throw new Error(`${file} is not a certificate that Dual has made`);
  return { file, pem, certificate, name, id, notAfter: Date.parse(certificate.validTo) };
}

function isOnCurve(key: KeyObject): boolean {
  return key.asymmetricKeyDetails?.namedCurve === 'prime256v1';
}

function parse<T>(file: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw new Error(`${file} cannot be read: ${(error as Error).message}`, { cause: error });
  }
}
