import { X509Certificate } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import tls from 'node:tls';
import { CA_ORGANIZATION } from '../config/certificate-authority.ts';
import type { Environment } from './npm-cli.ts';

/** Where a system keeps what it trusts, all certificates in one file. */
const BUNDLES = ['/etc/ssl/certs/ca-certificates.crt', '/etc/pki/tls/certs/ca-bundle.crt'];
/** Where an administrator puts more of them. */
const ADDED = ['/usr/local/share/ca-certificates', '/etc/pki/ca-trust/source/anchors'];
/** What Debian ships as public ones, older ones included. */
const PUBLIC = '/usr/share/ca-certificates/mozilla';

/** Line of the subject of what `dual trust` makes: it can come and go, and no image is to be made anew for it. */
const OWN = `O=${CA_ORGANIZATION}`;

const PEM = /-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----/g;

/**
 * Certificates that this machine trusts beyond the public ones, such as that of a proxy which inspects TLS. PEM, in a stable order.
 * By `NODE_EXTRA_CA_CERTS` and the system's own store.
 */
export async function hostCertificates(env: Environment): Promise<string[]> {
  const named = env['NODE_EXTRA_CA_CERTS'];
  const files = [...(named ? [named] : []), ...BUNDLES, ...(await filesIn(ADDED))];
  const trusted = (await Promise.all(files.map(certificatesIn))).flat();
  const shipped = (await Promise.all((await filesIn([PUBLIC])).map(certificatesIn))).flat();
  const known = new Set([...tls.rootCertificates, ...shipped].map(fingerprintOf));
  const extra = new Map<string, string>();
  for (const pem of trusted) {
    const fingerprint = fingerprintOf(pem);
    if (fingerprint !== undefined && !known.has(fingerprint)) extra.set(fingerprint, `${pem.trim()}\n`);
  }
  return [...extra].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, pem]) => pem);
}

async function filesIn(directories: string[]): Promise<string[]> {
  const lists = directories.map(async (directory) => {
    const names = await readdir(directory).catch(absent);
    return (names ?? []).filter((name) => /\.(crt|pem)$/.test(name)).map((name) => path.join(directory, name));
  });
  return (await Promise.all(lists)).flat();
}

async function certificatesIn(file: string): Promise<string[]> {
  const text = await readFile(file, 'utf8').catch(absent);
  return text?.match(PEM) ?? [];
}

/** Undefined for what only looks like a certificate; nobody on this machine can be using that one. */
function fingerprintOf(pem: string): string | undefined {
  try {
    const { fingerprint256, subject } = new X509Certificate(pem);
    return subject.split('\n').includes(OWN) ? undefined : fingerprint256;
  } catch (error) {
    if (String((error as NodeJS.ErrnoException).code).startsWith('ERR_OSSL')) return undefined;
    throw error;
  }
}

function absent(error: NodeJS.ErrnoException): undefined {
  if (!['ENOENT', 'ENOTDIR', 'EACCES', 'EISDIR'].includes(error.code ?? '')) throw error;
  return undefined;
}
