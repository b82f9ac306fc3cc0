import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import tls from 'node:tls';
import { expect, it } from 'vitest';
import { hostCertificates } from '../../../src/image/host-certificates.ts';

it('finds the certificates that the host trusts beyond the public ones', async () => {
  const dir = await mkdtemp(path.join(os.tmpdir(), 'dual-'));
  const own = path.join(dir, 'own.pem');
  const args = [
    '-x509',
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:P-256',
    '-nodes',
    '-subj',
    '/CN=ours',
    '-days',
    '2',
  ];
  execFileSync('openssl', ['req', ...args, '-keyout', path.join(dir, 'key.pem'), '-out', own], { stdio: 'ignore' });
  const bundle = path.join(dir, 'bundle.pem');
  const broken = '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n';
  await writeFile(bundle, [tls.rootCertificates[0], broken, await readFile(own, 'utf8')].join('\n'));
  const without = await hostCertificates({});
  const found = await hostCertificates({ NODE_EXTRA_CA_CERTS: bundle });
  expect(found.filter((pem) => !without.includes(pem))).toEqual([await readFile(own, 'utf8')]);
  expect(await hostCertificates({ NODE_EXTRA_CA_CERTS: path.join(dir, 'missing.pem') })).toEqual(without);
  await rm(dir, { recursive: true });
});
