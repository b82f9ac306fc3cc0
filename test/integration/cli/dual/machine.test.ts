import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CheckResult } from '../../../../src/cli/dual/doctor/check.ts';
import { findProgram } from '../../../../src/exec/find-program.ts';
import { findService, type ServiceHost } from '../../../../src/cli/dual/service/find-service.ts';
import { createDualFixture, type DualFixture } from '../../../support/dual-fixture.ts';

let fixture: DualFixture;
let bin: string;
beforeEach(async () => {
  fixture = await createDualFixture();
  bin = path.join(fixture.home, 'bin');
  mkdirSync(bin);
});
afterEach(() => fixture.close());

/** A PATH with these programs of this machine in it, and no others. */
function pathWith(...programs: string[]): string {
  for (const program of programs) {
    const file = findProgram(program, process.env);
    if (file) symlinkSync(file, path.join(bin, program));
  }
  return bin;
}

describe('dual doctor', () => {
  it('exits 1 and names the command when something needed is missing', async () => {
    const env = { PATH: pathWith('apt-get'), DOCKER_HOST: `unix://${fixture.home}/none.sock` };
    const { code, stdout } = await fixture.run(['doctor'], { env });
    expect(code).toBe(1);
    expect(String(stdout)).toMatch(/^git +missing /m);
    expect(String(stdout)).toMatch(/^ {2}git: .*install.* git/m);
  });

  it('names the command when something merely wanted is missing', async () => {
    const env = { PATH: pathWith('git', 'apt-get'), DOCKER_HOST: `unix://${fixture.home}/none.sock` };
    const { stdout } = await fixture.run(['doctor'], { env });
    expect(String(stdout)).toMatch(/^git +ok /m);
    expect(String(stdout)).toMatch(/^tmux +warning /m);
    expect(String(stdout)).toMatch(/^docker +(warning|missing) /m);
    expect(String(stdout)).toMatch(/^ {2}tmux: .*install.* tmux/m);
    expect(String(stdout)).toMatch(/^sandbox +/m);
  });

  it('gives JSON, and changes nothing', async () => {
    const { stdout } = await fixture.run(['doctor', '-o', 'json'], { env: { PATH: pathWith('git') } });
    const results = JSON.parse(String(stdout)) as CheckResult[];
    const byName = new Map(results.map((result) => [result.name, result]));
    expect(byName.get('git')).toMatchObject({ status: 'ok' });
    expect(byName.get('daemon')).toMatchObject({ status: 'warning', fix: 'dual daemon restart' });
    for (const result of results) expect(result.status === 'ok').toBe(result.fix === undefined);
  });
});

describe('dual daemon install', () => {
  /** Stands for a systemd user manager: writes down what it is told. */
  function systemctl(): { env: Record<string, string>; calls: () => string[] } {
    const log = path.join(fixture.home, 'calls');
    writeFileSync(log, '');
    writeFileSync(path.join(bin, 'systemctl'), `#!/bin/sh\necho "$*" >> ${log}\n`, { mode: 0o755 });
    const env = { PATH: bin, DUAL_HOME: fixture.home, XDG_CONFIG_HOME: path.join(fixture.home, 'config dir') };
    return { env, calls: () => readFileSync(log, 'utf8').trimEnd().split('\n') };
  }
  const host = (env: Record<string, string>): ServiceHost => ({
    env,
    paths: fixture.paths,
    platform: 'linux',
    home: fixture.home,
  });

  it('writes the unit of this instance and starts it; uninstall undoes that', async () => {
    const { env, calls } = systemctl();
    const service = await findService(host(env), ['/usr/bin/node', '/opt/dual/dist/daemon.js']);
    expect(await service?.uninstall()).toBe(false);
    await service?.install();
    const file = service?.file ?? '';
    expect(path.dirname(file)).toBe(path.join(fixture.home, 'config dir/systemd/user'));
    expect(path.basename(file)).toMatch(/^dual-[0-9a-f]{6}\.service$/);
    expect(readFileSync(file, 'utf8')).toContain(`Environment="DUAL_HOME=${fixture.home}"`);
    expect(await service?.uninstall()).toBe(true);
    expect(() => readFileSync(file)).toThrow(/ENOENT/);
    const unit = path.basename(file);
    expect(calls().slice(1)).toEqual([
      '--user daemon-reload',
      `--user enable ${unit}`,
      `--user restart ${unit}`,
      `--user disable --now ${unit}`,
      '--user daemon-reload',
    ]);
  });

  it('says what to do where no service manager is', async () => {
    const { code, stderr } = await fixture.run(['daemon', 'install'], { env: { PATH: bin } });
    expect([code, stderr]).toEqual([
      1,
      expect.stringContaining(`~/.profile: DUAL_HOME=${fixture.home} dual daemon start`),
    ]);
  });
});
