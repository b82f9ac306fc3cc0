import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CheckResult } from '../../../../src/cli/dual/doctor/check.ts';
import { eitherOf } from '../../../../src/cli/dual/doctor/machines.ts';
import { checkLimits, checkNetwork, checkSandbox } from '../../../../src/cli/dual/doctor/sandbox.ts';
import { resolvePaths } from '../../../../src/config/paths.ts';

let home: string;
beforeEach(() => {
  home = mkdtempSync(path.join(os.tmpdir(), 'dual-'));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

describe('what workspaces run in', () => {
  const result = (name: string, status: CheckResult['status']): CheckResult => ({ name, status, message: name });
  const statuses = (...results: CheckResult[]): string[] => results.map(({ name, status }) => `${name} ${status}`);

  it('is Docker or a sandbox, whichever there is', () => {
    const [docker, sandbox] = [result('docker', 'missing'), result('sandbox', 'missing')];
    expect(statuses(...eitherOf([docker], [sandbox]))).toEqual(['docker missing', 'sandbox missing']);
    const withSandbox = eitherOf([docker], [result('sandbox', 'ok'), result('sandbox limits', 'warning')]);
    expect(statuses(...withSandbox)).toEqual(['docker warning', 'sandbox ok', 'sandbox limits warning']);
    expect(withSandbox[0]?.message).toContain('workspaces run in sandboxes instead');
    const withDocker = eitherOf([result('docker', 'ok'), result('base image', 'warning')], [sandbox]);
    expect(statuses(...withDocker)).toEqual(['docker ok', 'base image warning', 'sandbox warning']);
  });

  it('is Docker alone where there are no sandboxes', async () => {
    expect(await checkSandbox({ env: {}, home, paths: resolvePaths({ DUAL_HOME: home }), platform: 'darwin' })).toEqual(
      [],
    );
    expect(statuses(...eitherOf([result('docker', 'missing')], []))).toEqual(['docker missing']);
  });

  it('is reached by nothing but loopback when no program carries its packets', () => {
    writeFileSync(path.join(home, 'apt-get'), '#!/bin/sh\n', { mode: 0o755 });
    expect(checkNetwork({ env: { PATH: home } })).toEqual({
      name: 'sandbox network',
      status: 'warning',
      message: 'sandboxes have loopback only, since neither slirp4netns nor pasta is installed',
      fix: 'sudo apt-get install -y slirp4netns',
    });
  });

  it('is limited as far as the system gives control groups', async () => {
    writeFileSync(path.join(home, 'limits'), 'Max processes             1000       2000       processes\n');
    const withoutGroups = await checkLimits(home);
    expect(withoutGroups.message).toMatch(/since this system has no cgroups v2$/);
    expect(withoutGroups).toMatchObject({ status: 'warning', fix: expect.stringContaining('unified') as string });
    const group = path.join(home, 'group');
    mkdirSync(group);
    const files = {
      controllers: 'cpu memory pids\n',
      subtree_control: 'cpu memory pids\n',
      procs: '',
      type: 'domain\n',
    };
    for (const [name, text] of Object.entries(files)) writeFileSync(path.join(group, `cgroup.${name}`), text);
    writeFileSync(path.join(home, 'mountinfo'), `30 23 0:26 / ${group} rw - cgroup2 cgroup2 rw\n`);
    writeFileSync(path.join(home, 'cgroup'), '0::/\n');
    expect(await checkLimits(home)).toMatchObject({ status: 'ok' });
    writeFileSync(path.join(group, 'cgroup.controllers'), 'memory pids\n');
    writeFileSync(path.join(group, 'cgroup.subtree_control'), 'memory pids\n');
    expect(await checkLimits(home)).toMatchObject({
      message: expect.stringMatching(/^not limited: processors, since/) as string,
    });
  });
});
