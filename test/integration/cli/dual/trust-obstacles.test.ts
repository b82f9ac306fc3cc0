import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readAuthority } from '../../../../src/proxy/tls/authority.ts';
import { caFiles } from '../../../../src/proxy/tls/ca-files.ts';
import { createTrustFixture, type TrustFixture } from '../../../support/trust-fixture.ts';

const CHROMIUM = '.pki/nssdb';

let fixture: TrustFixture;
beforeEach(() => {
  fixture = createTrustFixture();
});
afterEach(() => fixture.close());

const systemFiles = (): string[] => readdirSync(fixture.host.system.certificates);
/** The commands in a message, each indented by four. */
const commandsIn = (stderr: string): string[] =>
  stderr.split('\n').flatMap((line) => /^ {4}(\S.*)$/.exec(line)?.[1] ?? []);
const runAll = (commands: string[]): void => {
  for (const command of commands) execFileSync('sh', ['-c', command], { env: { ...fixture.host.env }, stdio: 'pipe' });
};

describe('without root and without a terminal', () => {
  const user = { isRoot: false };

  it('what remains is said as commands, and fails', async () => {
    fixture.database(CHROMIUM);
    const { code, stdout, stderr } = await fixture.trust({ host: user });
    expect(code).toBe(1);
    expect(stdout).toContain(' added to Chromium ');
    expect(stderr).toContain('error: it is not trusted everywhere yet. What remains:\n');
    expect(stderr).toContain(`the system's store (${fixture.host.system.certificates}): only root may change it\n`);
    expect(systemFiles()).toEqual([]);
    expect(commandsIn(stderr)).toHaveLength(2);
    runAll(commandsIn(stderr));
    expect((await fixture.trust({ host: user })).code).toBe(0);
  });

  it('the commands begin with sudo where it is there', async () => {
    for (const put of [fixture.systemProgram, fixture.program]) put('sudo', 'exec "$@"');
    const { stderr } = await fixture.trust({ host: user });
    for (const command of commandsIn(stderr)) expect(command).toMatch(/^sudo \S/);
    runAll(commandsIn(stderr));
    expect((await fixture.trust({ host: user })).code).toBe(0);
  });

  it('the key goes all the same, and the certificate stays until it is out of every store', async () => {
    await fixture.trust();
    const first = await fixture.trust({ remove: true, host: user });
    expect(first.code).toBe(1);
    expect(first.stderr).toContain('https is off, and yet it is not out of every store. What remains:\n');
    const { key, certificate } = caFiles(fixture.paths.ca);
    expect([existsSync(key), existsSync(certificate)]).toEqual([false, true]);
    runAll(commandsIn(first.stderr));
    expect(systemFiles()).toEqual([]);
    expect((await fixture.trust({ remove: true, host: user })).code).toBe(0);
    expect(existsSync(fixture.paths.ca)).toBe(false);
  });
});

describe('in a terminal', () => {
  const user = { isRoot: false, isInteractive: true };

  it('sudo runs what it was said to run, and nothing else', async () => {
    const log = path.join(fixture.home, 'sudo.log');
    fixture.systemProgram('sudo', `echo "$@" >>'${log}'\nshift\nexec "$@"`);
    fixture.database(CHROMIUM);
    const { code, stderr } = await fixture.trust({ host: user });
    expect(code).toBe(0);
    expect(systemFiles()).toHaveLength(1);
    const shown = stderr.split('\n').filter((line) => line.startsWith('  sudo '));
    const ran = readFileSync(log, 'utf8').trim().split('\n');
    expect(ran.map((line) => line.replace(/^-- /, '  sudo '))).toEqual(shown);
  });

  it('root runs nothing that PATH has found', async () => {
    fixture.systemProgram('sudo', 'shift\nexec "$@"');
    const taken = path.join(fixture.home, 'taken');
    for (const name of ['sudo', 'install', 'rm', 'update-ca-certificates']) fixture.program(name, `: >'${taken}'`);
    const { code, stderr } = await fixture.trust({ host: user });
    expect([code, existsSync(taken)]).toEqual([0, false]);
    for (const line of stderr.split('\n').filter((text) => text.startsWith('  sudo ')))
      expect(line).toMatch(/^ {2}sudo \/usr\/s?bin\//);
  });

  it('it remains when the password was wrong', async () => {
    fixture.systemProgram('sudo', 'echo "3 incorrect password attempts" >&2\nexit 1');
    const { code, stderr } = await fixture.trust({ host: user });
    expect(code).toBe(1);
    expect(stderr).toContain('3 incorrect password attempts');
    expect(commandsIn(stderr)).toHaveLength(2);
  });
});

describe('a browser', () => {
  const withoutCertutil = (): object => ({
    env: { ...fixture.host.env, PATH: path.join(fixture.home, '../bin') },
    system: { ...fixture.host.system, programs: [] },
  });

  it('cannot be told without certutil: the package that has it is named', async () => {
    const dir = fixture.database(CHROMIUM);
    fixture.program('apt-get', '');
    const { code, stderr } = await fixture.trust({ host: withoutCertutil() });
    expect(code).toBe(1);
    expect(stderr).toContain(
      `  Chromium (${dir}): certutil is not installed\n    sudo apt-get install -y libnss3-tools\n`,
    );
    expect(fixture.nicknames(CHROMIUM)).toEqual([]);
  });

  it('that was never told need not be told without certutil that it is over', async () => {
    fixture.database(CHROMIUM);
    await fixture.trust({ host: withoutCertutil() });
    expect((await fixture.trust({ remove: true, host: withoutCertutil() })).code).toBe(0);
  });

  it('that was told has to be told that it is over', async () => {
    fixture.database(CHROMIUM);
    await fixture.trust();
    const { code, stderr } = await fixture.trust({ remove: true, host: withoutCertutil() });
    expect([code, stderr]).toEqual([1, expect.stringContaining('certutil is not installed') as string]);
    expect((await fixture.trust({ remove: true })).code).toBe(0);
    expect(fixture.nicknames(CHROMIUM)).toEqual([]);
  });

  it('with a broken database does not keep the others from being told', async () => {
    fixture.database(CHROMIUM);
    const broken = path.join(fixture.home, '.mozilla/firefox/broken');
    mkdirSync(broken, { recursive: true });
    writeFileSync(path.join(broken, 'cert9.db'), 'not a database');
    const { code, stdout, stderr } = await fixture.trust();
    expect(code).toBe(1);
    expect(stdout).toContain(' added to Chromium ');
    expect(stderr).toMatch(/ {2}Firefox \(.*broken\): certutil failed/);
    expect(commandsIn(stderr)).toHaveLength(1);
  });

  it('may be a snap, a flatpak, or have its files where XDG has them', async () => {
    const places = [
      '.local/share/pki/nssdb',
      'snap/chromium/current/.pki/nssdb',
      '.var/app/org.chromium.Chromium/.pki/nssdb',
      '.config/mozilla/firefox/a.default',
      'snap/firefox/common/.mozilla/firefox/b.default',
      '.var/app/org.mozilla.firefox/.mozilla/firefox/c.default',
    ];
    for (const place of places) fixture.database(place);
    expect((await fixture.trust()).code).toBe(0);
    const { name } = readAuthority(fixture.paths.ca) ?? {};
    for (const place of places) expect(fixture.nicknames(place), place).toEqual([`${name} C,,`]);
  });
});
