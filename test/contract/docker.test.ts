import { chown, mkdir, mkdtemp, rm, symlink } from 'node:fs/promises';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LABEL_INSTALL } from '../../src/api/labels.ts';
import { containerSpecHash } from '../../src/drivers/container/spec-hash.ts';
import { createDocker } from '../../src/drivers/container/docker/create-docker.ts';
import { createDockerDriver } from '../../src/drivers/container/docker/docker-driver.ts';
import { silentLog } from '../../src/log/log.ts';
import { eventually } from '../support/eventually.ts';
import { containerDriverContract, machineSpec, run } from './container-driver.contract.ts';
import type { DriverHarness } from './container-driver.contract.ts';
import { docker, dockerHarness } from './docker-harness.ts';

containerDriverContract('docker', () => dockerHarness());

describe('docker', () => {
  let harness: DriverHarness;
  beforeAll(async () => {
    harness = await dockerHarness();
  });
  afterAll(async () => harness?.close());

  it('keeps a machine in its bounds', async () => {
    const spec = await machineSpec(harness);
    const made = await harness.driver.ensure(spec);
    const info = await docker.getContainer(made.id).inspect();
    expect(info.HostConfig).toMatchObject({
      Init: false,
      Privileged: false,
      NanoCpus: 1e9,
      Memory: 2 ** 30,
      PidsLimit: 200,
      NetworkMode: 'bridge',
      SecurityOpt: ['no-new-privileges'],
      RestartPolicy: { Name: 'no' },
    });
    expect(info.HostConfig.PortBindings ?? {}).toEqual({});
    expect(JSON.stringify(info.Mounts)).not.toContain('docker.sock');
    const { output } = await run(made, ['grep', '-E', '^(CapBnd|NoNewPrivs):', '/proc/self/status']);
    // CHOWN, FOWNER, KILL, SETGID, SETUID
    expect(output.replaceAll(/\s+/g, ' ')).toBe('CapBnd: 00000000000000e9 NoNewPrivs: 1 ');
    await harness.driver.remove(spec.owner.uid);
  });

  it('runs commands as an ordinary user with name, home and ids of the host, out of reach of the guest socket', async () => {
    const user = { uid: 4321, gid: 4322, name: 'alice', home: '/home/alice' };
    const spec = await machineSpec(harness, { user });
    await mkdir(spec.guestDir, { mode: 0o700 });
    await chown(spec.guestDir, user.uid, user.gid);
    const made = await harness.driver.ensure(spec);
    const command =
      'id -u; id -g; id -un; echo ~; ls /run/dual/s 2>/dev/null || echo sealed; grep CapEff /proc/self/status';
    const { output } = await run(made, ['sh', '-c', command]);
    expect(output.split('\n').slice(0, 6)).toEqual([
      '4321',
      '4322',
      'alice',
      '/home/alice',
      'sealed',
      'CapEff:\t0000000000000000',
    ]);
    await harness.driver.remove(spec.owner.uid);
  });

  it('lets services of ordinary users listen on port 80', async () => {
    const user = { uid: 4321, gid: 4322, name: 'alice', home: '/home/alice' };
    const spec = await machineSpec(harness, { user });
    await mkdir(spec.guestDir, { mode: 0o700 });
    await chown(spec.guestDir, user.uid, user.gid);
    const made = await harness.driver.ensure(spec);
    const script = `require('net').createServer().listen(80, () => { console.log('listening'); process.exit() })`;
    const { output } = await run(made, ['env', '-u', 'NODE_OPTIONS', '/usr/libexec/dual/guest', '-e', script]);
    expect(output).toBe('listening\n');
    await harness.driver.remove(spec.owner.uid);
  });

  it('starts a machine that was created and never started, as after a crash in between', async () => {
    const spec = await machineSpec(harness);
    const made = await harness.driver.ensure(spec);
    await harness.driver.remove(spec.owner.uid);
    const config = { Image: spec.image, name: spec.name, Cmd: ['sleep', '60'], Labels: labelsFor(spec, harness) };
    const created = await docker.createContainer(config);
    const started = await harness.driver.ensure(spec);
    expect(started).toMatchObject({ id: created.id, running: true });
    expect(started.id).not.toBe(made.id);
    await harness.driver.remove(spec.owner.uid);
  });

  it('starts a machine again that was paused', async () => {
    const spec = await machineSpec(harness);
    const made = await harness.driver.ensure(spec);
    await docker.getContainer(made.id).pause();
    expect(await harness.driver.inspect(spec.owner.uid)).toMatchObject({ running: false, error: 'it was paused' });
    expect(await harness.driver.ensure(spec)).toMatchObject({ id: made.id, running: true });
    await harness.driver.remove(spec.owner.uid);
  });

  it('says who holds the name when it is not one of its own, and leaves that alone', async () => {
    const spec = await machineSpec(harness);
    const foreign = await docker.createContainer({ Image: harness.image, name: spec.name, Cmd: ['sleep', '60'] });
    await expect(harness.driver.ensure(spec)).rejects.toMatchObject({ name: 'StalledError', reason: 'NameTaken' });
    await expect(harness.driver.ensure(spec)).rejects.toThrow(`docker rm -f ${spec.name}`);
    expect((await foreign.inspect()).Id).toBe(foreign.id);
    await foreign.remove({ force: true });
  });

  it('asks for another try when the image is gone', async () => {
    const spec = await machineSpec(harness, { image: 'dual/no-such-image:1' });
    await expect(harness.driver.ensure(spec)).rejects.toMatchObject({ name: 'RetryError', reason: 'ContainerFailed' });
  });

  it('refuses the engine socket, also by another way to it, and what the machine itself is made of', async () => {
    const alias = path.join(harness.root, 'alias');
    await symlink('/var/run/docker.sock', alias);
    for (const target of ['/var/run/docker.sock', alias, '/run', '/usr', '/']) {
      const spec = await machineSpec(harness, { mounts: [{ path: target, readOnly: true }] });
      await expect(harness.driver.ensure(spec), target).rejects.toMatchObject({ reason: 'MountForbidden' });
    }
  });
});

describe('docker, when its engine is away', () => {
  it('says so and what to do, and follows it when it comes', async () => {
    const root = await mkdtemp(path.join(os.tmpdir(), 'dual-'));
    const socket = path.join(root, 'e.sock');
    const away = createDocker({ DOCKER_HOST: `unix://${socket}` });
    const driver = createDockerDriver({
      docker: away,
      install: 'test-away',
      guestRuntime: () => Promise.resolve(root),
      guestFlags: [],
      version: '0',
      forbidden: [],
      own: [],
      log: silentLog,
    });
    expect(await driver.probe()).toMatchObject({
      available: false,
      message: expect.stringContaining('start it') as string,
    });
    await expect(driver.inspect('x')).rejects.toMatchObject({ name: 'RetryError', reason: 'DriverUnavailable' });

    const seen: (string | undefined)[] = [];
    const stop = new AbortController();
    driver.watch((uid) => seen.push(uid), stop.signal);
    const engine = relay('/var/run/docker.sock');
    await new Promise<void>((resolve) => engine.server.listen(socket, resolve));
    await eventually(() => expect(seen.length).toBeGreaterThan(0));
    expect(await driver.list()).toEqual([]);
    const before = seen.length;
    engine.cut();
    await eventually(() => expect(seen.length).toBeGreaterThan(before + 1));
    stop.abort();
    engine.cut();
    await new Promise((resolve) => engine.server.close(resolve));
    await rm(root, { recursive: true });
  });
});

function labelsFor(spec: Awaited<ReturnType<typeof machineSpec>>, harness: DriverHarness): Record<string, string> {
  const { specHash: _hash, ...rest } = spec;
  return {
    [LABEL_INSTALL]: `test-${path.basename(harness.root)}`,
    'dual.dev/uid': spec.owner.uid,
    'dual.dev/workspace': spec.owner.workspace,
    'dual.dev/project': spec.owner.project,
    'dual.dev/spec-hash': containerSpecHash(rest),
  };
}

/** Another way to the engine, which can be cut. */
function relay(target: string): { server: net.Server; cut(): void } {
  const open = new Set<net.Socket>();
  const server = net.createServer((socket) => {
    const upstream = net.connect(target);
    for (const end of [socket, upstream]) {
      open.add(end);
      end.on('error', () => undefined).on('close', () => open.delete(end));
    }
    socket.pipe(upstream).pipe(socket);
  });
  return { server, cut: () => open.forEach((end) => end.destroy()) };
}
