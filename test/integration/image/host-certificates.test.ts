import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import tls from 'node:tls';
import { expect, it } from 'vitest';
import { CA_ORGANIZATION } from '../../../src/config/certificate-authority.ts';
import { hostCertificates } from '../../../src/image/host-certificates.ts';

function makeCertificate(subject: string, file: string): void {
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', `${file}.key`];
  execFileSync('openssl', ['req', '-x509', ...key, '-subj', subject, '-days', '2', '-out', file], { stdio: 'ignore' });
}

it('finds the certificates that the host trusts beyond the public ones', async () => {
  const dir = await mkdtemp(path.join(os.tmpdir(), 'dual-'));
  const own = path.join(dir, 'own.pem');
  makeCertificate('/CN=ours', own);
  // Comes and goes with `dual trust`, and no image is to be made anew for that.
  const trust = path.join(dir, 'trust.pem');
  makeCertificate(`/O=${CA_ORGANIZATION}/CN=Dual CA 1a2b3c4d (me@here)`, trust);
  const bundle = path.join(dir, 'bundle.pem');
  const broken = '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n';
  await writeFile(
    bundle,
    [tls.rootCertificates[0], broken, await readFile(own, 'utf8'), await readFile(trust, 'utf8')].join('\n'),
  );
  const without = await hostCertificates({});
  const found = await hostCertificates({ NODE_EXTRA_CA_CERTS: bundle });
  expect(found.filter((pem) => !without.includes(pem))).toEqual([await readFile(own, 'utf8')]);
  expect(await hostCertificates({ NODE_EXTRA_CA_CERTS: path.join(dir, 'missing.pem') })).toEqual(without);
  await rm(dir, { recursive: true });
});
