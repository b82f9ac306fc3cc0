import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readAuthority, type Authority } from '../../../../src/proxy/tls/authority.ts';
import type { TrustHost } from '../../../../src/cli/dual/trust/host.ts';
import { createTrustFixture, type TrustFixture } from '../../../support/trust-fixture.ts';

let fixture: TrustFixture;
beforeEach(() => {
  fixture = createTrustFixture();
});
afterEach(() => fixture.close());

/** Where there is no store as Debian has it. */
function elsewhere(platform: NodeJS.Platform): Partial<TrustHost> {
  const certificates = path.join(fixture.home, 'none');
  return { platform, system: { ...fixture.host.system, certificates, programs: [fixture.systemDir] } };
}

/** A program that keeps the names of certificates in a file. */
function stand(name: string, script: string): string {
  const kept = path.join(fixture.home, 'kept');
  fixture.systemProgram(name, `kept='${kept}'; touch "$kept"\n${script}`);
  return kept;
}

function authority(): Authority {
  const found = readAuthority(fixture.paths.ca);
  if (!found) throw new Error('there is no authority');
  return found;
}

const SUBJECT = `name() { openssl x509 -in "$1" -noout -subject -nameopt multiline | sed -n 's/^ *commonName *= //p'; }`;

describe('the store of p11-kit', () => {
  const script = `${SUBJECT}
case "$1 $2" in
  'list --filter=ca-anchors') echo 'pkcs11:id=%01;type=cert'; sed 's/^/    label: /' "$kept" ;;
  'anchor --store') name "$3" >>"$kept" ;;
  'anchor --remove') sed -i "/^$(name "$3")\\$/d" "$kept" ;;
  *) exit 2 ;;
esac`;

  it('is told, and told again that it is over', async () => {
    const kept = stand('trust', script);
    fixture.program('touch', ': >>"$1"');
    const host = elsewhere('linux');
    const first = await fixture.trust({ host });
    expect(first).toMatchObject({
      code: 0,
      stdout: expect.stringContaining("added to the system's store (p11-kit)") as string,
    });
    expect(readFileSync(kept, 'utf8')).toBe(`${authority().name}\n`);
    expect(await fixture.trust({ host })).toMatchObject({
      code: 0,
      stdout: `${authority().name} is already in the system's store (p11-kit)\n`,
    });
    expect((await fixture.trust({ remove: true, host })).code).toBe(0);
    expect(readFileSync(kept, 'utf8')).toBe('');
  });

  it('is for root alone', async () => {
    stand('trust', script);
    fixture.program('touch', ': >>"$1"');
    const { code, stderr } = await fixture.trust({ host: { ...elsewhere('linux'), isRoot: false } });
    expect(code).toBe(1);
    expect(stderr).toMatch(new RegExp(` {4}\\S*/trust anchor --store ${authority().file}\n`));
  });

  it('is not what PATH finds by that name', async () => {
    fixture.program('trust', script);
    const { stdout } = await fixture.trust({ host: elsewhere('linux') });
    expect(stdout).not.toContain('p11-kit');
  });
});

describe('the keychain of macOS', () => {
  it('is told, and told again that it is over', async () => {
    const kept = stand(
      'security',
      `${SUBJECT}
case "$1" in
  find-certificate) grep -qxF "$3" "$kept" ;;
  verify-cert) true ;;
  add-trusted-cert) for file; do :; done; name "$file" >>"$kept" ;;
  delete-certificate) [ "$2 $3" = '-t -Z' ] && : >"$kept" ;;
  *) exit 2 ;;
esac`,
    );
    for (const tool of ['touch', 'grep']) fixture.program(tool, `exec /usr/bin/${tool} "$@"`);
    const host = elsewhere('darwin');
    const { code, stdout } = await fixture.trust({ host });
    expect([code, stdout]).toEqual([0, expect.stringContaining(' added to the keychain (') as string]);
    expect(readFileSync(kept, 'utf8')).toBe(`${authority().name}\n`);
    expect((await fixture.trust({ host })).stdout).toContain(' is already in the keychain (');
    expect((await fixture.trust({ remove: true, host })).code).toBe(0);
    expect(readFileSync(kept, 'utf8')).toBe('');
  });

  it('goes with the profiles of Firefox there', async () => {
    stand('security', 'true');
    fixture.program('touch', ': >>"$1"');
    fixture.program('certutil', 'exec /usr/bin/certutil "$@"');
    fixture.database('Library/Application Support/Firefox/Profiles/x.default');
    fixture.database('.pki/nssdb');
    const { stdout } = await fixture.trust({ host: elsewhere('darwin') });
    expect(stdout).toContain('Firefox');
    expect(stdout).not.toContain('Chromium');
  });
});

describe('a machine without any store', () => {
  it('serves https all the same, and is told how tools are told', async () => {
    const { code, stdout, stderr } = await fixture.trust({ host: elsewhere('linux') });
    expect([code, stdout]).toEqual([0, expect.stringMatching(/^Dual CA .* made, [^\n]*\n$/) as string]);
    expect(stderr).toContain(`REQUESTS_CA_BUNDLE=${authority().file}   (and nothing else, then)`);
  });
});
