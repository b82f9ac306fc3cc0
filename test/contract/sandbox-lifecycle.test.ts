import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import net from 'node:net';
import path from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Container, ContainerSpec } from '../../src/drivers/container/driver.ts';
import type { Limits, LimitsGrant, Network, NetworkHelper } from '../../src/drivers/container/sandbox/helpers.ts';
import type { SandboxDriverOptions } from '../../src/drivers/container/sandbox/sandbox-driver.ts';
import { RetryError } from '../../src/errors/reconcile-errors.ts';
import { eventually } from '../support/eventually.ts';
import { isAlive } from '../support/guest.ts';
import { mountsBelow, ownNamespaces, processesIn } from '../support/namespaces.ts';
import { brokenRuntime } from './broken-runtime.ts';
import { machineSpec, run } from './container-driver.contract.ts';
import { sandboxHarness } from './sandbox-harness.ts';
import type { SandboxHarness } from './sandbox-harness.ts';
import { pidOf } from './sandbox-pids.ts';

type Spoil = (spec: ContainerSpec) => Promise<Partial<SandboxDriverOptions>>;

/** Limits that grant that to everybody. */
function limitsOf(grant: LimitsGrant): Limits {
  return { grant: () => Promise.resolve(grant), release: () => Promise.resolve() };
}

/** A helper that notes in the sandbox's directory what it is attached to. */
function networkOf(changes: { attach?: NetworkHelper['attach']; detach?: Network['detach'] } = {}): Network {
  const {
    attach = ({ pid, dir }) => writeFile(path.join(dir, 'attached'), String(pid)),
    detach = (dir) => rm(path.join(dir, 'attached'), { force: true }),
  } = changes;
  const helper: NetworkHelper = { name: 'a-helper', resolvConf: () => 'nameserver 10.0.2.3\n', attach };
  return { find: () => Promise.resolve({ helper }), detach };
}

function refuse(): Promise<void> {
  return Promise.reject(new RetryError('ContainerFailed', 'the tap device is not to be had'));
}

describe('the life of a sandbox', () => {
  let harness: SandboxHarness;
  beforeAll(async () => {
    harness = await sandboxHarness();
  });
  afterAll(async () => harness?.close());

  const guestOf = (machine: Container): number => {
    const init = pidOf(harness.dir, machine, 'init');
    const [guest] = processesIn(ownNamespaces(init)).filter((pid) => pid !== init);
    return guest!;
  };
  const inspect = (spec: ContainerSpec): Promise<Container | undefined> => harness.driver.inspect(spec.owner.uid);

  const victims: [string, (machine: Container) => number][] = [
    ['its guest', guestOf],
    ['its first process', (machine) => pidOf(harness.dir, machine, 'init')],
    ['its keeper', (machine) => pidOf(harness.dir, machine, 'run')],
  ];
  it.each(victims)('ends with %s, is started again, and leaves nothing', async (_name, victim) => {
    const spec = await machineSpec(harness);
    const made = await harness.driver.ensure(spec);
    await run(made, ['true']);
    const before = processesIn(ownNamespaces(pidOf(harness.dir, made, 'init')));
    expect(before.length).toBeGreaterThan(1);
    process.kill(victim(made), 'SIGKILL');
    await eventually(async () => expect(await inspect(spec)).toMatchObject({ running: false, exitCode: 137 }));
    const again = await harness.driver.ensure(spec);
    expect(before.filter(isAlive)).toEqual([]);
    expect(again).toMatchObject({ id: made.id, running: true });
    expect((await run(again, ['echo', 'alive'])).output).toBe('alive\n');
    const namespaces = ownNamespaces(pidOf(harness.dir, made, 'init'));
    await harness.driver.remove(spec.owner.uid);
    expect(processesIn(namespaces)).toEqual([]);
    expect(mountsBelow(harness.root)).toEqual([]);
    expect(existsSync(path.join(harness.dir, spec.owner.uid))).toBe(false);
  });

  it('ends commands that will not end, and collects what they leave', async () => {
    const spec = await machineSpec(harness);
    const made = await harness.driver.ensure(spec);
    const stubborn = `trap '' TERM HUP; (sleep 600 & sleep 600 &) ; echo started; exec sleep 600`;
    await run(made, ['sh', '-c', `setsid sh -c "$1" >/dev/null 2>&1 &`, '-', stubborn]);
    await run(made, ['sh', '-c', '(true &) ; (true &) ; true']);
    const namespaces = ownNamespaces(pidOf(harness.dir, made, 'init'));
    await eventually(async () => {
      expect((await run(made, ['sh', '-c', 'ps -e -o stat= | grep -c Z'])).output).toBe('0\n');
    });
    await harness.driver.stop(spec.owner.uid);
    expect(processesIn(namespaces)).toEqual([]);
    expect(await inspect(spec)).toMatchObject({ running: false, exitCode: 0 });
    await harness.driver.remove(spec.owner.uid);
  });

  it('is not taken for another process with the same number, or from before a reboot', async () => {
    const spec = await machineSpec(harness);
    const made = await harness.driver.ensure(spec);
    const file = path.join(harness.dir, spec.owner.uid, 'run.pid');
    const own = await readFile(file, 'utf8');
    const [pid, start, boot] = own.trim().split(' ');
    for (const stranger of [`${process.pid} ${start} ${boot}`, `${pid} ${start} another-boot`]) {
      await writeFile(file, `${stranger}\n`);
      expect(await inspect(spec), stranger).toMatchObject({ running: false });
    }
    await writeFile(file, own);
    expect(await inspect(spec)).toMatchObject({ id: made.id, running: true });
    await harness.driver.remove(spec.owner.uid);
  });

  it('is started anew when the start of it was cut short', async () => {
    const spec = await machineSpec(harness);
    const made = await harness.driver.ensure(spec);
    const pid = pidOf(harness.dir, made, 'run');
    await writeFile(path.join(harness.dir, spec.owner.uid, 'ready'), '');
    const again = await harness.successor.ensure(spec);
    expect(again.id).toBe(made.id);
    expect(pidOf(harness.dir, made, 'run')).not.toBe(pid);
    expect(isAlive(pid)).toBe(false);
    await harness.driver.remove(spec.owner.uid);
  });

  it('is started although a socket of the host’s goes while it is', async () => {
    const socket = path.join(harness.home, 'goes.sock');
    const server = net.createServer().listen(socket);
    await once(server, 'listening');
    const grant = async (): Promise<LimitsGrant> => {
      // Between the look at what has to be covered and the mounts over it.
      if (server.listening) await new Promise((resolve) => server.close(resolve));
      return { notices: [] };
    };
    const driver = harness.driverWith({ limits: { grant, release: () => Promise.resolve() } });
    const spec = await machineSpec(harness);
    const made = await driver.ensure(spec);
    expect(existsSync(socket)).toBe(false);
    expect((await run(made, ['echo', 'alive'])).output).toBe('alive\n');
    await driver.remove(spec.owner.uid);
  });

  it('is kept from starting twice by its lock, whatever its files say', async () => {
    const spec = await machineSpec(harness);
    const made = await harness.driver.ensure(spec);
    const dir = path.join(harness.dir, spec.owner.uid);
    const child = spawn('/bin/sh', ['./launch'], { cwd: dir, stdio: 'ignore' });
    expect(await once(child, 'exit')).toEqual([75, null]);
    expect(await inspect(spec)).toMatchObject({ id: made.id, running: true });
    await harness.driver.remove(spec.owner.uid);
  });

  it('tells how its guest ended, and why', async () => {
    const broken = await brokenRuntime(path.join(harness.root, 'broken'), 'echo the guest is broken >&2; exit 3');
    const spec = await machineSpec(harness);
    await harness.driverWith({ guestRuntime: () => Promise.resolve(broken) }).ensure(spec);
    await eventually(async () =>
      expect(await inspect(spec)).toMatchObject({ running: false, exitCode: 3, error: 'the guest is broken' }),
    );
    await harness.driver.remove(spec.owner.uid);
  });

  const failures: [string, Spoil, RegExp][] = [
    ['its worktree is gone', (spec) => rm(spec.worktree, { recursive: true }).then(() => ({})), /the worktree is gone/],
    // A file cannot be mounted on a directory.
    [
      'a mount is refused',
      async () => ({ guestRuntime: () => Promise.resolve('/etc/passwd') }),
      /does not start: .*mount: /,
    ],
    [
      'its guest cannot be had',
      async () => ({ guestRuntime: () => Promise.reject(new Error('no registry')) }),
      /no registry/,
    ],
    [
      'its cgroup is not there',
      async () => ({ limits: limitsOf({ cgroup: '/no/such/cgroup', notices: [] }) }),
      /cgroup\.procs/,
    ],
    [
      'its network is refused',
      async () => ({ network: networkOf({ attach: refuse }) }),
      /the tap device is not to be had/,
    ],
  ];
  it.each(failures)('leaves nothing behind when %s', async (_name, spoil, message) => {
    const spec = await machineSpec(harness);
    const driver = harness.driverWith(await spoil(spec));
    await expect(driver.ensure(spec)).rejects.toMatchObject({ name: 'RetryError', reason: 'ContainerFailed' });
    await expect(driver.ensure(spec)).rejects.toThrow(message);
    expect(await inspect(spec)).toBeUndefined();
    expect(await readdir(harness.dir)).not.toContain(spec.owner.uid);
    expect(mountsBelow(harness.root)).toEqual([]);
  });

  it('removes what nobody may open', async () => {
    const spec = await machineSpec(harness, { tmp: 'private' });
    const made = await harness.driver.ensure(spec);
    await run(made, ['sh', '-c', 'mkdir -p /tmp/a/b; touch /tmp/a/b/c; chmod 0 /tmp/a/b /tmp/a']);
    await harness.driver.remove(spec.owner.uid);
    expect(await readdir(harness.dir)).not.toContain(spec.owner.uid);
  });

  it('keeps no value of its environment in a file, and shows none in the process list', async () => {
    const spec = await machineSpec(harness, { env: { TOKEN: 'very-secret' } });
    const made = await harness.driver.ensure(spec);
    expect((await run(made, ['sh', '-c', 'echo $TOKEN'])).output).toBe('very-secret\n');
    const found = await execa('grep', ['-rlF', 'very-secret', path.join(harness.dir, spec.owner.uid)], {
      reject: false,
    });
    expect(found.stdout).toBe('');
    for (const pid of processesIn(ownNamespaces(pidOf(harness.dir, made, 'init')))) {
      expect(await readFile(`/proc/${pid}/cmdline`, 'utf8')).not.toContain('very-secret');
    }
    await harness.driver.remove(spec.owner.uid);
  });

  it('is given a way out by a network helper, which ends with it however it ends', async () => {
    const driver = harness.driverWith({ network: networkOf() });
    const spec = await machineSpec(harness);
    const made = await driver.ensure(spec);
    const attached = path.join(harness.dir, spec.owner.uid, 'attached');
    expect(await readFile(attached, 'utf8')).toBe(String(pidOf(harness.dir, made, 'init')));
    expect((await run(made, ['cat', '/etc/resolv.conf'])).output).toBe('nameserver 10.0.2.3\n');
    expect(made.notices.join()).not.toContain('network');
    await harness.kill(made);
    await eventually(() => expect(existsSync(attached)).toBe(false));
    await driver.ensure(spec);
    expect(existsSync(attached)).toBe(true);
    await driver.stop(spec.owner.uid);
    expect(existsSync(attached)).toBe(false);
    await driver.remove(spec.owner.uid);
  });

  it('lets go of what it had outside when it dies under another daemon, as soon as that looks', async () => {
    const spec = await machineSpec(harness);
    const careless = networkOf({ detach: () => Promise.resolve() });
    const made = await harness.driverWith({ network: careless }).ensure(spec);
    const stop = new AbortController();
    let told = 0;
    harness.driverWith({ network: networkOf() }).watch(() => (told += 1), stop.signal);
    await eventually(() => expect(told).toBe(1));
    await harness.kill(made);
    await eventually(() => expect(existsSync(path.join(harness.dir, spec.owner.uid, 'attached'))).toBe(false));
    stop.abort();
    await harness.driver.remove(spec.owner.uid);
  });
});
