import { X509Certificate } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createAuthority, readAuthority, readIssuer } from '../../../src/proxy/tls/authority.ts';
import { caFiles, removeCaFiles, removeCaKey } from '../../../src/proxy/tls/ca-files.ts';
import { generateKeys, issueLeafCertificate } from '../../../src/proxy/tls/profiles.ts';

const DAY = 24 * 3_600_000;
const NOW = Date.parse('2026-03-04T05:06:07Z');
const owner = { user: 'anna', host: 'laptop' };

let dir: string;
beforeEach(() => {
  dir = path.join(mkdtempSync(path.join(os.tmpdir(), 'dual-')), 'ca');
});
afterEach(() => rmSync(path.dirname(dir), { recursive: true }));

function leafOf(names: string[], now = NOW): X509Certificate {
  const authority = readAuthority(dir);
  if (!authority) throw new Error('no authority');
  const { publicKey } = generateKeys();
  return new X509Certificate(issueLeafCertificate(readIssuer(dir, authority), { names, publicKey }, now).pem);
}

describe('an authority', () => {
  it('says whose it is, and is like no other', () => {
    const first = createAuthority(dir, owner, NOW);
    expect(first.name).toBe(`Dual CA ${first.id} (anna@laptop)`);
    removeCaFiles(dir);
    expect(createAuthority(dir, owner, NOW).name).not.toBe(first.name);
  });

  it('has a name of 64 characters at most', () => {
    const { name, id } = createAuthority(dir, { user: 'a'.repeat(40), host: 'b'.repeat(40) }, NOW);
    expect(name).toBe(`Dual CA ${id} (${'a'.repeat(40)}@${'b'.repeat(4)})`);
    expect(name).toHaveLength(64);
  });

  it('is called by plain characters', () => {
    const { name, id } = createAuthority(dir, { user: 'DOM\\anna, "b"', host: 'läptop\n' }, NOW);
    expect(name).toBe(`Dual CA ${id} (DOM-anna---b-@l-ptop-)`);
    expect(readAuthority(dir)?.name).toBe(name);
  });

  it('signs itself, and holds for ten years', () => {
    const { certificate, notAfter } = createAuthority(dir, owner, NOW);
    expect(certificate.ca).toBe(true);
    expect(certificate.verify(certificate.publicKey)).toBe(true);
    expect(Date.parse(certificate.validFrom)).toBe(NOW - 3_600_000);
    expect(notAfter - NOW).toBeLessThan(3650 * DAY);
  });

  it('keeps its key for its user alone, and nothing else in the directory', () => {
    createAuthority(dir, owner, NOW);
    expect(statSync(dir).mode & 0o777).toBe(0o700);
    expect(statSync(caFiles(dir).key).mode & 0o777).toBe(0o600);
    expect(readdirSync(dir).sort()).toEqual(['ca.key', 'ca.pem']);
  });

  it('never takes the place of another', () => {
    const { pem } = createAuthority(dir, owner, NOW);
    expect(() => createAuthority(dir, owner, NOW)).toThrow(/EEXIST/);
    expect(readAuthority(dir)?.pem).toBe(pem);
    expect(readdirSync(dir)).toHaveLength(2);
  });

  it('is gone with its files', () => {
    createAuthority(dir, owner, NOW);
    removeCaKey(dir);
    expect(readdirSync(dir)).toEqual(['ca.pem']);
    removeCaFiles(dir);
    removeCaFiles(dir);
    expect(readdirSync(path.dirname(dir))).toEqual([]);
    expect(readAuthority(dir)).toBeUndefined();
  });

  it('is refused when the files are not what Dual has made', () => {
    const authority = createAuthority(dir, owner, NOW);
    const { certificate, key } = caFiles(dir);
    writeFileSync(key, generateKeys().privateKey.export({ type: 'pkcs8', format: 'pem' }));
    expect(() => readIssuer(dir, authority)).toThrow(`${key} is not the key of ${certificate}`);
    writeFileSync(key, 'nothing');
    expect(() => readIssuer(dir, authority)).toThrow(`${key} cannot be read`);
    writeFileSync(certificate, leafWithoutName(authority.pem));
    expect(() => readAuthority(dir)).toThrow(`${certificate} cannot be read`);
  });
});

describe('the certificate of a server', () => {
  beforeEach(() => void createAuthority(dir, owner, NOW));

  it('is for that name alone', () => {
    const leaf = leafOf(['shop-main.localhost']);
    expect(leaf.subjectAltName).toBe('DNS:shop-main.localhost');
    expect(leaf.checkHost('shop-main.localhost')).toBe('shop-main.localhost');
    expect(leaf.checkHost('shop-feat.localhost')).toBeUndefined();
    expect(leaf.checkHost('localhost')).toBeUndefined();
  });

  it('holds for addresses as such', () => {
    const leaf = leafOf(['localhost', '127.0.0.1', '::1']);
    expect(leaf.checkIP('127.0.0.1')).toBe('127.0.0.1');
    expect(leaf.checkIP('::1')).toBe('::1');
  });

  it('is signed by the authority, for servers, and cannot sign itself', () => {
    const leaf = leafOf(['localhost']);
    const authority = readAuthority(dir)?.certificate;
    expect(authority && leaf.checkIssued(authority) && leaf.verify(authority.publicKey)).toBe(true);
    expect(leaf.ca).toBe(false);
    expect(leaf.keyUsage).toEqual(['1.3.6.1.5.5.7.3.1']);
  });

  it('begins an hour ago, and holds for no longer than Apple allows', () => {
    const leaf = leafOf(['localhost']);
    expect(Date.parse(leaf.validFrom)).toBe(NOW - 3_600_000);
    expect(Date.parse(leaf.validTo) - Date.parse(leaf.validFrom)).toBeLessThanOrEqual(397 * DAY);
  });

  it('ends with the authority at the latest', () => {
    const end = readAuthority(dir)?.notAfter ?? 0;
    expect(Date.parse(leafOf(['localhost'], end - 5 * DAY).validTo)).toBe(end);
  });

  it('has a serial number of its own', () => {
    const numbers = Array.from({ length: 20 }, () => leafOf(['localhost']).serialNumber);
    expect(new Set(numbers).size).toBe(20);
    expect(numbers.every((number) => /^[4-7][0-9A-F]{31}$/.test(number))).toBe(true);
  });
});

function leafWithoutName(pem: string): string {
  return pem.replace(/^.{40}/m, 'x');
}
