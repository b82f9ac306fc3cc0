import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Container, ContainerSpec } from '../../src/drivers/container/driver.ts';
import { eventually } from '../support/eventually.ts';
import { machineSpec, run } from './container-driver.contract.ts';
import type { DriverHarness } from './container-driver.contract.ts';
import { docker, dockerHarness } from './docker-harness.ts';

/** The guest's own Node, as a program for commands. */
const NODE = ['env', '-u', 'NODE_OPTIONS', '/usr/libexec/dual/guest', '-e'];

/** A host in Kathmandu, with a locale and a terminal that no image has. */
async function strangeHost(root: string): Promise<{ etc: string; locales: string; terminfo: string }> {
  const [etc, locales, terminfo] = ['etc', 'locales', 'terminfo'].map((name) => path.join(root, name)) as [
    string,
    string,
    string,
  ];
  await mkdir(etc);
  await symlink('/usr/share/zoneinfo/Asia/Kathmandu', path.join(etc, 'localtime'));
  await mkdir(locales);
  await cp('/usr/lib/locale/C.utf8', path.join(locales, 'tlh_QO.utf8'), { recursive: true });
  await writeFile(path.join(root, 'source'), 'dual-test-terminal|a terminal,\n\tcols#77, clear=\\E[2J,\n');
  await execa('tic', ['-o', terminfo, path.join(root, 'source')]);
  return { etc, locales, terminfo };
}

describe('a container, looked at from inside', () => {
  let root: string;
  let harness: DriverHarness;
  let spec: ContainerSpec;
  let machine: Container;

  beforeAll(async () => {
    root = await mkdtemp(path.join(os.tmpdir(), 'dual-'));
    harness = await dockerHarness(await strangeHost(root));
    spec = await machineSpec(harness);
    machine = await harness.driver.ensure(spec);
  });
  afterAll(async () => {
    await harness?.driver.remove(spec.owner.uid);
    await harness?.close();
    await rm(root, { recursive: true });
  });

  const shell = async (script: string): Promise<string> => (await run(machine, ['sh', '-c', script])).output.trimEnd();

  it('shows nothing of its engine', async () => {
    expect(await shell('ls -A / | grep -i -e docker -e container; ls -A /run')).not.toMatch(/docker|containerenv/);
    expect(await shell('cat /proc/[0-9]*/comm /proc/[0-9]*/cmdline /proc/self/cgroup')).not.toMatch(
      /docker|tini|dual/i,
    );
    await harness.driver.stop(spec.owner.uid);
    machine = await harness.driver.ensure(spec);
    expect(await shell('test -e /.dockerenv || echo gone')).toBe('gone');
  });

  it('gives commands no variables but those of the user, the image and the spec', async () => {
    const names = (await shell('env')).split('\n').map((line) => line.split('=')[0]);
    expect(names.sort()).toEqual(
      ['GREETING', 'HOME', 'LOGNAME', 'NODE_OPTIONS', 'PATH', 'PWD', 'SHELL', 'USER'].sort(),
    );
  });

  it('passes on variables of the spec by names that engines use', async () => {
    const own = await machineSpec(harness, { env: { HOSTNAME: 'mine', container: 'yes' } });
    const other = await harness.driver.ensure(own);
    expect((await run(other, ['sh', '-c', 'echo "$HOSTNAME|$container"'])).output).toBe('mine|yes\n');
    await harness.driver.remove(own.owner.uid);
  });

  it('has the time zone of the host, by its name too', async () => {
    expect(await shell('date +%z; cat /etc/timezone; readlink /etc/localtime')).toBe(
      '+0545\nAsia/Kathmandu\n/usr/share/zoneinfo/Asia/Kathmandu',
    );
    const zone = [...NODE, 'console.log(Intl.DateTimeFormat().resolvedOptions().timeZone)'];
    expect((await run(machine, zone)).output).toMatch(/^Asia\/Kat[h]?mandu\n$/);
  });

  it('knows the locales of the host, and its own', async () => {
    for (const locale of ['tlh_QO.UTF-8', 'C.UTF-8']) {
      expect(await shell(`LC_ALL=${locale} perl -e 'print "no warning"' 2>&1`), locale).toBe('no warning');
      expect(await shell(`LC_ALL=${locale} bash -c 'locale charmap' 2>&1`), locale).toBe('UTF-8');
    }
    expect(await shell(`LC_ALL=sjn_BE.UTF-8 perl -e 1 2>&1`)).toMatch(/Setting locale failed/);
  });

  it('knows the terminals of the host, and its own', async () => {
    expect(await shell('tput -T dual-test-terminal cols; tput -T xterm cols')).toBe('77\n80');
  });

  it('goes by the host name', async () => {
    expect(await shell('hostname; hostname -f; cat /etc/hostname; getent hosts "$(hostname)" | wc -l')).toBe(
      'workstation\nworkstation\nworkstation\n1',
    );
  });

  it('ends when its guest ends, as that ended', async () => {
    const { output } = await run(machine, ['sh', '-c', 'grep -lx guest /proc/[0-9]*/comm']);
    const pid = /\d+/.exec(output)?.[0] ?? '';
    const container = docker.getContainer(machine.id);
    const exec = await container.exec({ Cmd: ['sh', '-c', `kill -KILL ${pid}`], User: '0' });
    await exec.start({});
    await eventually(async () =>
      expect(await harness.driver.inspect(spec.owner.uid)).toMatchObject({ running: false, exitCode: 137 }),
    );
    machine = await harness.driver.ensure(spec);
    expect(await shell('echo back')).toBe('back');
  });

  it('ends in an orderly way when it is told to', async () => {
    await shell('true');
    await harness.driver.stop(spec.owner.uid);
    expect(await harness.driver.inspect(spec.owner.uid)).toMatchObject({ running: false, exitCode: 0 });
    machine = await harness.driver.ensure(spec);
  });
});
