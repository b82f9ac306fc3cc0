import { existsSync } from 'node:fs';
import { mkdir, rename, rm, symlink, writeFile } from 'node:fs/promises';
import net from 'node:net';
import { once } from 'node:events';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Container } from '../../src/drivers/container/driver.ts';
import { machineSpec, run } from './container-driver.contract.ts';
import { sandboxHarness } from './sandbox-harness.ts';
import type { SandboxHarness } from './sandbox-harness.ts';

describe('what covers a sandbox', () => {
  let harness: SandboxHarness;
  const at = (name: string): string => path.join(harness.home, name);
  const shell = async (machine: Container, script: string): Promise<string> =>
    (await run(machine, ['sh', '-c', script], harness.home)).output;

  beforeAll(async () => {
    harness = await sandboxHarness();
  });
  afterAll(async () => harness.close());

  it.each([
    ['the home as it is', []],
    ['the home as a mount', ['.']],
  ])('cannot be walked around by another name of a directory above: %s', async (_, mounted) => {
    const state = at('.local/state/dual');
    const driver = harness.driverWith({ masked: [{ path: state, made: true }, { path: at('clones') }] });
    const mounts = mounted.map((name) => ({ path: at(name), readOnly: false }));
    const spec = await machineSpec(harness, { mounts });
    const made = await driver.ensure(spec);
    await writeFile(path.join(state, 'secret'), 'secret');
    const attempts = [
      'mv .local elsewhere',
      'mv .local/state .local/elsewhere',
      'mv .local/state/dual .local/dual',
      'rm -rf .local/state',
      'mkdir decoy && mv -T decoy .local/state',
    ];
    for (const attempt of attempts)
      expect(await shell(made, `(${attempt}) 2>/dev/null && echo done`), attempt).toBe('');
    expect(await shell(made, 'cat .local/state/dual/secret .local/elsewhere/dual/secret 2>/dev/null')).toBe('');
    await shell(
      made,
      'rm -rf decoy; echo mine >.local/mine; mkdir -p .local/share/a && mv .local/share/a .local/share/b',
    );
    expect([
      existsSync(path.join(state, 'secret')),
      existsSync(at('.local/mine')),
      existsSync(at('.local/share/b')),
    ]).toEqual([true, true, true]);
    await driver.remove(spec.owner.uid);
    await rm(at('.local'), { recursive: true });
  });

  it('is there also for directories that were missing: nothing inside can make them', async () => {
    const masked = [at('new/state'), at('new/cache')].map((file) => ({ path: file, made: true }));
    const driver = harness.driverWith({ masked: [...masked, { path: at('new/manifests') }] });
    const spec = await machineSpec(harness);
    const made = await driver.ensure(spec);
    await shell(made, 'echo x >new/state/config.yaml; mkdir -p new/cache/node; rmdir new/state');
    expect(
      ['new/state', 'new/state/config.yaml', 'new/cache/node', 'new/manifests'].map((name) => existsSync(at(name))),
    ).toEqual([true, false, false, false]);
    await driver.remove(spec.owner.uid);
  });

  it('lies also on sockets that come later, in directories that are there for them', async () => {
    await mkdir(at('agent'));
    const [first, later] = [net.createServer(), net.createServer()];
    first.listen(at('agent/1.sock'));
    await once(first, 'listening');
    const env = { PATH: process.env['PATH'] ?? '', HOME: harness.home, SSH_AUTH_SOCK: at('agent/1.sock') };
    const driver = harness.driverWith({ env: () => Promise.resolve(env) });
    const spec = await machineSpec(harness);
    const made = await driver.ensure(spec);
    later.listen(at('agent/2.sock'));
    await once(later, 'listening');
    expect(await shell(made, 'ls -A agent')).toBe('');
    await driver.remove(spec.owner.uid);
    for (const server of [first, later]) await new Promise((resolve) => server.close(resolve));
  });

  it("is off other clones that are among the mounts, not off what is Dual's own", async () => {
    for (const name of ['p/other', 'p/third']) {
      await mkdir(at(`clones/${name}`), { recursive: true });
      await writeFile(at(`clones/${name}/file`), name);
    }
    const spec = await machineSpec(harness, { mounts: [{ path: at('clones/p/other'), readOnly: true }] });
    const made = await harness.driver.ensure(spec);
    expect(await shell(made, 'ls clones/p; cat clones/p/other/file; touch clones/p/other/x || echo refused')).toBe(
      'other\np/otherrefused\n',
    );
    await harness.driver.remove(spec.owner.uid);
    await mkdir(at('state/clones/mine'), { recursive: true });
    const masked = [{ path: at('state') }, { path: at('state/clones'), mountable: true }];
    const driver = harness.driverWith({ masked });
    for (const [name, reason] of [
      ['state', 'MountForbidden'],
      ['state/sub', 'MountForbidden'],
    ] as const) {
      await mkdir(at(name), { recursive: true });
      const refused = await machineSpec(harness, { mounts: [{ path: at(name), readOnly: true }] });
      await expect(driver.ensure(refused)).rejects.toMatchObject({ reason });
    }
    const below = await machineSpec(harness, { mounts: [{ path: at('state/clones/mine'), readOnly: true }] });
    expect((await driver.ensure(below)).running).toBe(true);
    await driver.remove(below.owner.uid);
  });

  it('never gives way to a worktree that is another directory than the one that was looked at', async () => {
    const spec = await machineSpec(harness);
    await rename(spec.worktree, `${spec.worktree}-old`);
    await symlink(harness.dir, spec.worktree);
    await expect(harness.driver.ensure(spec)).rejects.toMatchObject({ name: 'RetryError', reason: 'ContainerFailed' });
    const other = await machineSpec(harness);
    await rename(other.worktree, `${other.worktree}-old`);
    await mkdir(other.worktree);
    await expect(harness.driver.ensure(other)).rejects.toMatchObject({ name: 'RetryError', reason: 'ContainerFailed' });
    for (const worktree of [path.dirname(harness.dir), harness.root, at('state')]) {
      const inside = await machineSpec(harness, { worktree });
      await expect(harness.driver.ensure(inside), worktree).rejects.toMatchObject({ reason: 'MountForbidden' });
    }
    expect(await harness.driver.list()).toEqual([]);
  });
});
