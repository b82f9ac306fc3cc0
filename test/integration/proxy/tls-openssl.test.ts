import { createPublicKey, X509Certificate } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Extension } from '@peculiar/asn1-x509';
import { execa } from 'execa';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { asn1 } from '../../../src/proxy/tls/asn1.ts';
import { createAuthority, readIssuer, type Authority } from '../../../src/proxy/tls/authority.ts';
import { distinguishedName, extension, issueCertificate, keyIdentifier } from '../../../src/proxy/tls/certificate.ts';
import {
  generateKeys,
  issueCaCertificate,
  issueLeafCertificate,
  type Issuer,
} from '../../../src/proxy/tls/profiles.ts';

const DAY = 24 * 3_600_000;

let dir: string;
let authority: Authority;
let issuer: Issuer;
beforeEach(() => {
  dir = mkdtempSync(path.join(os.tmpdir(), 'dual-'));
  authority = createAuthority(path.join(dir, 'ca'), { user: 'anna', host: 'laptop' }, Date.now());
  issuer = readIssuer(path.join(dir, 'ca'), authority);
});
afterEach(() => rmSync(dir, { recursive: true }));

function leaf(...names: string[]): string {
  return issueLeafCertificate(issuer, { names, publicKey: generateKeys().publicKey }, Date.now()).pem;
}

/** What openssl says of that certificate, as strictly as it can. */
async function verdict(pem: string, ...options: string[]): Promise<string> {
  const file = path.join(dir, 'leaf.pem');
  writeFileSync(file, pem);
  const args = ['verify', '-x509_strict', '-CAfile', authority.file, '-purpose', 'sslserver', ...options, file];
  const { all } = await execa('openssl', args, { all: true, reject: false });
  return all;
}

describe('for openssl, certificates', () => {
  it('hold for localhost, all below it, and loopback addresses', async () => {
    for (const name of ['localhost', 'shop-main.localhost', '127.0.0.1', '127.200.3.4', '::1']) {
      expect(await verdict(leaf(name)), name).toMatch(/: OK$/);
    }
    expect(await verdict(leaf('shop.localhost'), '-verify_hostname', 'shop.localhost')).toMatch(/: OK$/);
    expect(await verdict(leaf('shop.localhost'), '-verify_hostname', 'other.localhost')).toContain('hostname mismatch');
  });

  it('hold for nothing else, whoever has the key', async () => {
    for (const names of [
      ['example.com'],
      ['notlocalhost'],
      ['localhost.example.com'],
      ['128.0.0.1'],
      ['8.8.8.8'],
      ['::2'],
    ]) {
      expect(await verdict(leaf(...names)), names.join()).toContain('permitted subtree violation');
    }
    expect(await verdict(leaf('localhost', 'example.com'))).toContain('permitted subtree violation');
  });

  it('are for servers alone', async () => {
    expect(await verdict(leaf('localhost'), '-purpose', 'sslclient')).toMatch(
      /unsuitable certificate purpose|unsupported certificate purpose/,
    );
    expect(await verdict(leaf('localhost'), '-purpose', 'smimesign')).toMatch(
      /unsuitable certificate purpose|unsupported certificate purpose/,
    );
  });

  it('end', async () => {
    const at = (days: number): string[] => ['-attime', String(Math.floor((Date.now() + days * DAY) / 1000))];
    expect(await verdict(leaf('localhost'), ...at(80))).toMatch(/: OK$/);
    expect(await verdict(leaf('localhost'), ...at(91))).toContain('certificate has expired');
  });

  it('are signed by the authority itself, by none below it', async () => {
    const keys = generateKeys();
    const below = issueCertificate({
      subject: distinguishedName([['CN', 'below']]),
      issuer: issuer.subject,
      validity: { from: Date.now() - DAY, to: Date.now() + DAY },
      publicKey: keys.publicKey,
      signingKey: issuer.privateKey,
      extensions: extensionsOf(issueCaCertificate(keys, { user: 'x', host: 'y' }, Date.now())),
    });
    const file = path.join(dir, 'below.pem');
    writeFileSync(file, below);
    const subject = distinguishedName([['CN', 'below']]);
    const of = {
      subject,
      publicKey: createPublicKey(keys.privateKey),
      privateKey: keys.privateKey,
      notAfter: Date.now() + DAY,
    };
    const { pem } = issueLeafCertificate(of, { names: ['localhost'], publicKey: generateKeys().publicKey }, Date.now());
    expect(await verdict(pem, '-untrusted', file)).toContain('path length constraint exceeded');
  });
});

/** Those of an authority that is signed by this one, and would be none if it went by the rules. */
function extensionsOf(pem: string): Extension[] {
  const { schema, x509 } = asn1();
  const { extensions } = schema.AsnConvert.parse(new X509Certificate(pem).raw, x509.Certificate).tbsCertificate;
  const keyIdentifierOfIssuer = new x509.KeyIdentifier(keyIdentifier(issuer.publicKey));
  const signedBy = new x509.AuthorityKeyIdentifier({ keyIdentifier: keyIdentifierOfIssuer });
  const own = (extensions ?? []).filter(({ extnID }) => extnID !== x509.id_ce_authorityKeyIdentifier);
  return [...own, extension(x509.id_ce_authorityKeyIdentifier, signedBy)];
}
