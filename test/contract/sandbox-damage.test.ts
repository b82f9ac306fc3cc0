import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { link, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { execa } from 'execa';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Container, ContainerSpec } from '../../src/drivers/container/driver.ts';
import { claimStart } from '../../src/drivers/container/sandbox/claim.ts';
import { startFailure } from '../../src/drivers/container/sandbox/errors.ts';
import { sandboxFiles } from '../../src/drivers/container/sandbox/files.ts';
import { createRecord } from '../../src/drivers/container/sandbox/record.ts';
import { eventually } from '../support/eventually.ts';
import { isAlive } from '../support/guest.ts';
import { brokenRuntime } from './broken-runtime.ts';
import { machineSpec, run } from './container-driver.contract.ts';
import { sandboxHarness } from './sandbox-harness.ts';
import type { SandboxHarness } from './sandbox-harness.ts';
import { pidOf } from './sandbox-pids.ts';

const MIB = 1024 * 1024;
const IS_ROOT = process.getuid?.() === 0;

describe('a sandbox whose files are damaged', () => {
  let harness: SandboxHarness;
  beforeAll(async () => {
    harness = await sandboxHarness();
  });
  afterAll(async () => harness?.close());

  const fileOf = (spec: ContainerSpec, name: string): string => path.join(harness.dir, spec.owner.uid, name);
  const inspect = (spec: ContainerSpec): Promise<Container | undefined> => harness.driver.inspect(spec.owner.uid);
  const remove = (spec: ContainerSpec): Promise<void> => harness.driver.remove(spec.owner.uid);

  async function made(): Promise<{ spec: ContainerSpec; machine: Container; keeper: number }> {
    const spec = await machineSpec(harness);
    const machine = await harness.driver.ensure(spec);
    return { spec, machine, keeper: pidOf(harness.dir, machine, 'run') };
  }

  const damages: [string, string][] = [
    ['empty', ''],
    ['cut short', '{"install":"'],
    ['of another shape', '{"install":7}'],
    ['no object', '[]'],
  ];
  it.each(damages)('is made anew when its record is %s', async (_name, text) => {
    const { spec, machine, keeper } = await made();
    const other = await made();
    await writeFile(fileOf(spec, 'spec.json'), text);
    expect(await inspect(spec)).toBeUndefined();
    expect((await harness.driver.list()).map(({ id }) => id)).toEqual([other.machine.id]);
    const again = await harness.driver.ensure(spec);
    expect(again).toMatchObject({ owner: spec.owner, running: true });
    expect(again.id).not.toBe(machine.id);
    expect(isAlive(keeper)).toBe(false);
    expect((await run(again, ['echo', 'alive'])).output).toBe('alive\n');
    await Promise.all([remove(spec), remove(other.spec)]);
  });

  it.each(['stop', 'remove'] as const)('can be told to %s without its record', async (verb) => {
    const { spec, keeper } = await made();
    await rm(fileOf(spec, 'spec.json'));
    await harness.driver[verb](spec.owner.uid);
    expect(isAlive(keeper)).toBe(false);
    await remove(spec);
    expect(await readdir(harness.dir)).not.toContain(spec.owner.uid);
  });

  it('is not removed without its record while somebody starts it', async () => {
    const { spec } = await machineWithoutRecord();
    const release = await claimStart(fileOf(spec, 'claim'));
    await expect(remove(spec)).rejects.toMatchObject({ name: 'RetryError', reason: 'ContainerFailed' });
    await release?.();
    await remove(spec);
    expect(await readdir(harness.dir)).not.toContain(spec.owner.uid);
  });

  async function machineWithoutRecord(): Promise<{ spec: ContainerSpec }> {
    const spec = await machineSpec(harness);
    await mkdir(fileOf(spec, 'tmp'), { recursive: true });
    return { spec };
  }

  it.each(['', '["cut', '{}'])('is listed with no notices when those are %j', async (text) => {
    const { spec, machine } = await made();
    expect(machine.notices.length).toBeGreaterThan(0);
    await writeFile(fileOf(spec, 'notices.json'), text);
    expect(await harness.driver.list()).toEqual([{ ...machine, notices: [] }]);
    await remove(spec);
  });

  it('has whole notices at every moment of its start', async () => {
    const { spec, machine } = await made();
    const kept = path.join(harness.root, 'kept');
    await link(fileOf(spec, 'notices.json'), kept);
    await harness.driver.stop(spec.owner.uid);
    await writeFile(kept, 'what was there before');
    await harness.driver.ensure(spec);
    // Another file took its place: nobody who reads it can find it half written.
    expect(await readFile(kept, 'utf8')).toBe('what was there before');
    expect((await inspect(spec))?.notices).toEqual(machine.notices);
    await remove(spec);
  });

  it('keeps nobody from seeing the others, nor from being told of them, once it cannot be looked at', async () => {
    const { spec } = await made();
    const record = fileOf(spec, 'spec.json');
    await rm(record);
    await mkdir(record);
    const warnings: string[] = [];
    const log = pino({ level: 'warn' }, { write: (line: string) => void warnings.push(line) });
    const driver = harness.driverWith({ log });
    const stop = new AbortController();
    const told: (string | undefined)[] = [];
    driver.watch((uid) => told.push(uid), stop.signal);
    await eventually(() => expect(told).toEqual([undefined]));
    const other = await made();
    await eventually(() => expect(told).toContain(other.spec.owner.uid));
    await harness.kill(other.machine);
    await eventually(() => expect(told.filter((uid) => uid === other.spec.owner.uid).length).toBeGreaterThan(1));
    stop.abort();
    expect(warnings).toHaveLength(1);
    expect((await driver.list()).map(({ id }) => id)).toEqual([other.machine.id]);
    await rm(record, { recursive: true });
    await Promise.all([remove(spec), remove(other.spec)]);
  });

  it('starts again whatever its commands left in the directory of its socket', async () => {
    const { spec, machine } = await made();
    await run(machine, ['sh', '-c', 'cd /run/dual/s && rm s && mkdir -p s/x && chmod 0 s .']);
    await harness.driver.stop(spec.owner.uid);
    const again = await harness.driver.ensure(spec);
    expect((await run(again, ['echo', 'alive'])).output).toBe('alive\n');
    await remove(spec);
    expect(existsSync(spec.guestDir)).toBe(false);
  });

  it('ends with its lock when the files are damaged that name its processes', async () => {
    const { spec, keeper } = await made();
    for (const name of ['run.pid', 'init.pid']) await writeFile(fileOf(spec, name), 'garbage');
    const again = await harness.driver.ensure(spec);
    expect(isAlive(keeper)).toBe(false);
    const second = pidOf(harness.dir, again, 'run');
    for (const name of ['run.pid', 'init.pid']) await writeFile(fileOf(spec, name), '');
    await remove(spec);
    expect(isAlive(second)).toBe(false);
  });

  it('does not start while a stranger holds its lock, and says which', async () => {
    const { spec } = await made();
    await harness.driver.stop(spec.owner.uid);
    await writeFile(fileOf(spec, 'run/mark'), '');
    const holder = spawn('flock', [fileOf(spec, 'lock'), 'sh', '-c', 'echo held; exec sleep 600'], {
      stdio: ['ignore', 'pipe', 'ignore'],
      detached: true,
    });
    await once(holder.stdout, 'data');
    await expect(harness.driver.ensure(spec)).rejects.toThrow(`another keeper holds ${fileOf(spec, 'lock')}`);
    expect(existsSync(fileOf(spec, 'run/mark'))).toBe(true);
    process.kill(-holder.pid!, 'SIGKILL');
    await once(holder, 'exit');
    expect((await harness.driver.ensure(spec)).running).toBe(true);
    await remove(spec);
  });

  it('gives a stale claim to one alone, and nobody lets go of what another has', async () => {
    const file = path.join(harness.root, 'claims', 'claim');
    for (let round = 0; round < 10; round += 1) {
      await mkdir(path.dirname(file), { recursive: true });
      await writeFile(file, '1 1 another-boot\n');
      const got = await Promise.all(Array.from({ length: 8 }, () => claimStart(file)));
      const [release, ...others] = got.filter((claim) => claim !== undefined);
      expect([typeof release, others.length]).toEqual(['function', 0]);
      await release!();
      const next = await claimStart(file);
      await release!();
      expect(await claimStart(file)).toBeUndefined();
      await next!();
      expect(existsSync(path.dirname(file))).toBe(false);
    }
  });

  it('has a log that cannot grow without an end, and keeps its last words', async () => {
    const { spec, machine } = await made();
    const log = fileOf(spec, 'log');
    const flood = `{ head -c 3000000 /dev/zero; echo; echo the last words; } >>/proc/$PPID/fd/2`;
    await run(machine, ['sh', '-c', flood]);
    expect((await stat(log)).size).toBeGreaterThan(MIB);
    const stop = new AbortController();
    harness.driver.watch(() => {}, stop.signal);
    await eventually(async () => expect((await stat(log)).size).toBeLessThan(MIB));
    expect(await readFile(log, 'utf8')).toMatch(/\nthe last words\n$/);
    stop.abort();
    await remove(spec);
  });

  it('tells its last words in printable letters', async () => {
    const words = String.raw`printf '\033[31mred\033[0m and \007 loud\n' >&2; exit 3`;
    const broken = await brokenRuntime(path.join(harness.root, 'broken'), words);
    const spec = await machineSpec(harness);
    await harness.driverWith({ guestRuntime: () => Promise.resolve(broken) }).ensure(spec);
    await eventually(async () => expect(await inspect(spec)).toMatchObject({ exitCode: 3, error: 'red and ? loud' }));
    await remove(spec);
  });
});

describe('the sandbox driver where something else is amiss', () => {
  let harness: SandboxHarness;
  beforeAll(async () => {
    harness = await sandboxHarness();
  });
  afterAll(async () => harness?.close());

  it('answers a probe when the login environment is not to be had', async () => {
    const driver = harness.driverWith({ env: () => Promise.reject(new Error('the shell hangs')) });
    expect(await driver.probe()).toEqual({
      available: false,
      message: expect.stringContaining('the shell hangs') as string,
    });
  });

  it('keeps the answer of a probe, whatever becomes of the time of day', async () => {
    let now = 0;
    let asked = 0;
    const driver = harness.driverWith({
      clock: { now: () => (now += 3_600_000), after: () => () => {} },
      env: () => Promise.resolve({ PATH: process.env['PATH'] ?? '', ASKED: String((asked += 1)) }),
    });
    expect(await driver.probe()).toEqual(await driver.probe());
    expect(asked).toBe(1);
  });

  describe.runIf(IS_ROOT)('on a full disk', () => {
    let disk: string;
    beforeAll(async () => {
      disk = await mkdtemp(path.join(os.tmpdir(), 'dual-'));
      await execa('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', disk]);
      await mkdir(path.join(disk, 'uid'));
      await expect(writeFile(path.join(disk, 'all'), Buffer.alloc(MIB))).rejects.toMatchObject({ code: 'ENOSPC' });
    });
    afterAll(async () => {
      await execa('umount', [disk]);
      await rm(disk, { recursive: true });
    });

    it('leaves no half-made record or claim', async () => {
      const files = sandboxFiles(disk, 'uid');
      const spec = await machineSpec(harness);
      await expect(createRecord(files, spec, 'an-install')).rejects.toThrow('ENOSPC');
      await expect(claimStart(files.claim)).rejects.toThrow('ENOSPC');
      expect(await readdir(files.dir)).toEqual([]);
    });

    it('says so of a sandbox that ends without a word', async () => {
      const probe = (): Promise<{ available: boolean; message: string }> =>
        Promise.resolve({ available: true, message: '' });
      const { message } = await startFailure(sandboxFiles(disk, 'uid'), 'dual-own', probe);
      expect(message).toContain('no space is left on the disk');
    });
  });
});
