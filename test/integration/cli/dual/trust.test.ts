import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readAuthority, type Authority } from '../../../../src/proxy/tls/authority.ts';
import { caFiles } from '../../../../src/proxy/tls/ca-files.ts';
import { createTls } from '../../../../src/proxy/tls/tls.ts';
import { acquireLock } from '../../../../src/exec/process-lock.ts';
import { silentLog } from '../../../../src/log/log.ts';
import { createTrustFixture, type TrustFixture } from '../../../support/trust-fixture.ts';

const DAY = 24 * 3_600_000;
const CHROMIUM = '.pki/nssdb';
const FIREFOX = '.mozilla/firefox/x1.default';

let fixture: TrustFixture;
beforeEach(() => {
  fixture = createTrustFixture();
});
afterEach(() => fixture.close());

function authority(): Authority {
  const found = readAuthority(fixture.paths.ca);
  if (!found) throw new Error('there is no authority');
  return found;
}

const systemFiles = (): string[] => readdirSync(fixture.host.system.certificates);

describe('dual trust', () => {
  it('makes an authority, and has every store trust it', async () => {
    for (const dir of [CHROMIUM, FIREFOX]) fixture.database(dir);
    const { code, stdout, stderr } = await fixture.trust();
    const { name, id, file, pem } = authority();
    expect(stdout.split('\n')).toEqual([
      expect.stringMatching(
        /^Dual CA [0-9a-f]{8} \(anna@laptop\) made, valid until 20\d\d-\d\d-\d\d \(\/.*\/ca\.pem\)$/,
      ),
      `${name} added to the system's store (${fixture.host.system.certificates})`,
      `${name} added to Chromium (${fixture.home}/${CHROMIUM})`,
      `${name} added to Firefox (${fixture.home}/${FIREFOX})`,
      '',
    ]);
    expect(stderr).toContain(`NODE_EXTRA_CA_CERTS=${file}`);
    expect(stderr).toContain(`REQUESTS_CA_BUNDLE=${fixture.bundle}`);
    expect(code).toBe(0);
    expect(systemFiles()).toEqual([`dual-${id}.crt`]);
    expect(readFileSync(fixture.bundle, 'utf8')).toContain(pem);
    for (const dir of [CHROMIUM, FIREFOX]) expect(fixture.nicknames(dir)).toEqual([`${name} C,,`]);
  });

  it('keeps the key for the user alone', async () => {
    await fixture.trust();
    expect(statSync(caFiles(fixture.paths.ca).key).mode & 0o777).toBe(0o600);
    expect(statSync(fixture.paths.ca).mode & 0o777).toBe(0o700);
  });

  it('changes nothing when all is done', async () => {
    fixture.database(CHROMIUM);
    await fixture.trust();
    const { pem, name } = authority();
    const again = await fixture.trust();
    expect(again.code).toBe(0);
    expect(again.stdout).toBe(
      `${name} is already in the system's store (${fixture.host.system.certificates})\n` +
        `${name} is already in Chromium (${fixture.home}/${CHROMIUM})\n`,
    );
    expect(authority().pem).toBe(pem);
  });

  it('does what is missing', async () => {
    await fixture.trust();
    const { name, id } = authority();
    fixture.database(FIREFOX);
    rmSync(path.join(fixture.host.system.certificates, `dual-${id}.crt`));
    const { code, stdout } = await fixture.trust();
    expect([code, stdout.match(/ added to /g)?.length]).toEqual([0, 2]);
    expect(systemFiles()).toHaveLength(1);
    expect(fixture.nicknames(FIREFOX)).toEqual([`${name} C,,`]);
  });

  it('gives back the trust that somebody took from it', async () => {
    const dir = fixture.database(CHROMIUM);
    await fixture.trust();
    const { name } = authority();
    execFileSync('certutil', ['-M', '-d', `sql:${dir}`, '-n', name, '-t', ',,']);
    expect((await fixture.trust()).code).toBe(0);
    expect(fixture.nicknames(CHROMIUM)).toEqual([`${name} C,,`]);
  });

  it('makes the database of a Chromium that was never started', async () => {
    fixture.program('chromium', '');
    expect((await fixture.trust()).code).toBe(0);
    expect(fixture.nicknames(CHROMIUM)).toEqual([`${authority().name} C,,`]);
    expect(statSync(path.join(fixture.home, CHROMIUM)).mode & 0o777).toBe(0o700);
  });

  it('replaces one that ends soon', async () => {
    fixture.database(CHROMIUM);
    await fixture.trust();
    const old = authority();
    fixture.clock.advance(3640 * DAY);
    const { code, stderr } = await fixture.trust();
    expect([code, stderr]).toEqual([0, expect.stringMatching(/^Dual CA .* ends on .*, and is replaced\n/)]);
    expect(authority().name).not.toBe(old.name);
    expect(fixture.nicknames(CHROMIUM)).toEqual([`${authority().name} C,,`]);
    expect(systemFiles()).toEqual([`dual-${authority().id}.crt`]);
  });

  it('replaces one whose key is lost', async () => {
    await fixture.trust();
    const old = authority();
    rmSync(caFiles(fixture.paths.ca).key);
    expect((await fixture.trust()).code).toBe(0);
    expect(authority().name).not.toBe(old.name);
    expect(systemFiles()).toEqual([`dual-${authority().id}.crt`]);
  });

  it('is not confused by what an interrupted one has left', async () => {
    const { key } = caFiles(fixture.paths.ca);
    mkdirSync(fixture.paths.ca, { recursive: true });
    writeFileSync(key, 'the key of an authority that was never made');
    expect((await fixture.trust()).code).toBe(0);
    expect(readFileSync(key, 'utf8')).toContain('PRIVATE KEY');
    expect(statSync(key).mode & 0o777).toBe(0o600);
  });

  it('leaves a certificate alone that it has not made', async () => {
    await fixture.trust();
    const { certificate } = caFiles(fixture.paths.ca);
    writeFileSync(certificate, 'mine');
    for (const remove of [undefined, true] as const) {
      const { code, stderr } = await fixture.trust(remove ? { remove } : {});
      expect(code).toBe(1);
      expect(stderr).toMatch(/^error: .*ca\.pem cannot be read: .*; remove it and call `dual trust` again\n$/);
    }
    expect(readFileSync(certificate, 'utf8')).toBe('mine');
  });

  it('is not to be called by sudo', async () => {
    const host = { env: { ...fixture.host.env, SUDO_UID: '1000' } };
    const { code, stderr } = await fixture.trust({ host });
    expect([code, stderr]).toEqual([1, expect.stringContaining('as yourself') as string]);
    expect(existsSync(fixture.paths.ca)).toBe(false);
  });

  it('is called once at a time', async () => {
    const unlock = acquireLock(`${fixture.paths.ca}.lock`);
    expect(await fixture.trust()).toMatchObject({ code: 1, stderr: 'error: another `dual trust` is at work\n' });
    unlock?.();
    expect((await fixture.trust()).code).toBe(0);
  });
});

describe('dual trust --remove', () => {
  it('takes the authority out of every store, and its files away', async () => {
    for (const dir of [CHROMIUM, FIREFOX]) fixture.database(dir);
    await fixture.trust();
    const { name, pem } = authority();
    const { code, stdout } = await fixture.trust({ remove: true });
    expect(code).toBe(0);
    expect(stdout).toBe(
      `${name} removed from the system's store (${fixture.host.system.certificates})\n` +
        `${name} removed from Chromium (${fixture.home}/${CHROMIUM})\n` +
        `${name} removed from Firefox (${fixture.home}/${FIREFOX})\n` +
        `${name} removed; https is off\n`,
    );
    expect(systemFiles()).toEqual([]);
    expect(readFileSync(fixture.bundle, 'utf8')).not.toContain(pem);
    expect(readdirSync(path.dirname(fixture.bundle))).toEqual(['ca-certificates.crt']);
    for (const dir of [CHROMIUM, FIREFOX]) expect(fixture.nicknames(dir)).toEqual([]);
    expect(existsSync(fixture.paths.ca)).toBe(false);
  });

  it('has nothing to do when there is none', async () => {
    const expected = {
      code: 0,
      stdout: `there is no certificate authority in ${fixture.paths.ca}; https is off\n`,
      stderr: '',
    };
    expect(await fixture.trust({ remove: true })).toEqual(expected);
    await fixture.trust();
    await fixture.trust({ remove: true });
    expect(await fixture.trust({ remove: true })).toEqual(expected);
  });

  it('leaves that of another instance alone', async () => {
    for (const dir of [CHROMIUM, FIREFOX]) fixture.database(dir);
    await fixture.trust({ instance: 'two' });
    await fixture.trust();
    const { name, id } = authority();
    expect(systemFiles()).toHaveLength(2);
    expect(fixture.nicknames(FIREFOX)).toHaveLength(2);
    expect((await fixture.trust({ remove: true, instance: 'two' })).code).toBe(0);
    expect(systemFiles()).toEqual([`dual-${id}.crt`]);
    for (const dir of [CHROMIUM, FIREFOX]) expect(fixture.nicknames(dir)).toEqual([`${name} C,,`]);
    expect(authority().name).toBe(name);
  });

  it('turns https off in a proxy that runs', async () => {
    const tls = createTls({ dir: fixture.paths.ca, clock: fixture.clock, log: silentLog });
    await fixture.trust();
    expect(tls.enabled()).toBe(true);
    await fixture.trust({ remove: true });
    expect(tls.enabled()).toBe(false);
  });
});
