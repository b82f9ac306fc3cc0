import { chmodSync, rmSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CheckResult } from '../../../../src/cli/dual/doctor/check.ts';
import { checkHttps } from '../../../../src/cli/dual/doctor/https.ts';
import { caFiles } from '../../../../src/proxy/tls/ca-files.ts';
import { createTrustFixture, type TrustFixture } from '../../../support/trust-fixture.ts';

const DAY = 24 * 3_600_000;

let fixture: TrustFixture;
beforeEach(() => {
  fixture = createTrustFixture();
});
afterEach(() => fixture.close());

const check = (): Promise<CheckResult> =>
  checkHttps({ ...fixture.host, paths: fixture.paths }, fixture.host, fixture.clock.now());
const containing = (text: string): string => expect.stringContaining(text) as string;

describe('dual doctor about https', () => {
  it('is content when it is off', async () => {
    expect(await check()).toEqual({ name: 'https', status: 'ok', message: 'off; `dual trust` turns it on' });
  });

  it('is content when it is on, and says until when', async () => {
    await fixture.trust();
    expect(await check()).toMatchObject({
      status: 'ok',
      message: expect.stringMatching(/^on, until 20\d\d-\d\d-\d\d$/) as string,
    });
  });

  it('says which stores lack it', async () => {
    await fixture.trust();
    const dir = fixture.database('.mozilla/firefox/new');
    expect(await check()).toMatchObject({
      status: 'warning',
      message: containing(`not trusted by Firefox (${dir})`),
      fix: 'dual trust',
    });
  });

  it('says nothing of stores into which it cannot look', async () => {
    fixture.database('.mozilla/firefox/x');
    await fixture.trust();
    fixture.host.system.programs = ['/usr/sbin'];
    expect((await check()).status).toBe('ok');
  });

  it('says that it ends, a month before', async () => {
    await fixture.trust();
    fixture.clock.advance(3610 * DAY);
    expect((await check()).status).toBe('ok');
    fixture.clock.advance(20 * DAY);
    expect(await check()).toMatchObject({ status: 'warning', message: containing(' ends on '), fix: 'dual trust' });
    fixture.clock.advance(30 * DAY);
    expect(await check()).toMatchObject({ status: 'warning', message: containing(' has ended on ') });
  });

  it('says when others can read the key, when it is gone, and when the certificate is none', async () => {
    await fixture.trust();
    const { key, certificate } = caFiles(fixture.paths.ca);
    chmodSync(key, 0o644);
    expect(await check()).toMatchObject({ status: 'warning', message: containing('644'), fix: `chmod 600 ${key}` });
    rmSync(key);
    expect(await check()).toMatchObject({ status: 'warning', message: containing('off: '), fix: 'dual trust' });
    writeFileSync(certificate, 'nothing');
    expect(await check()).toMatchObject({ status: 'warning', fix: `rm -r ${fixture.paths.ca} && dual trust` });
  });
});
