import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { lstat, mkdir, readFile, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Container, ContainerDriver, ContainerSpec } from '../../src/drivers/container/driver.ts';
import { containerSpecHash } from '../../src/drivers/container/spec-hash.ts';
import { execInGuest } from '../../src/guest/exec-client.ts';
import type { ExecResult } from '../../src/guest/protocol.ts';
import { eventually } from '../support/eventually.ts';

/** What a driver's test needs beside the driver itself. */
export interface DriverHarness {
  driver: ContainerDriver;
  /** Of another install on the same engine. */
  stranger: ContainerDriver;
  /** Of the same install, as another daemon would have it. */
  successor: ContainerDriver;
  /**
   * An empty directory for worktrees and shared directories. Short: socket paths end at 107 bytes. No machine may reach `state` and
   * `api.sock` in it.
   */
  root: string;
  image: string;
  /** A prefix for names with the engine. */
  prefix: string;
  /** Kills the machine behind the driver's back. */
  kill(container: Container): Promise<void>;
  /** Removes it behind the driver's back. */
  destroy(container: Container): Promise<void>;
  close(): Promise<void>;
}

let count = 0;

/** A spec with a worktree and an owner of its own. */
export async function machineSpec(
  harness: DriverHarness,
  changes: Partial<ContainerSpec> = {},
): Promise<ContainerSpec> {
  count += 1;
  const workspace = `${harness.prefix}-${count}`;
  const worktree = path.join(harness.root, `w${count}`);
  await mkdir(worktree, { recursive: true });
  const { dev, ino } = await lstat(changes.worktree ?? worktree, { bigint: true });
  const { uid, gid, username, homedir } = os.userInfo();
  const spec = {
    owner: { uid: randomUUID(), workspace, project: 'contract' },
    name: `dual-${workspace}`,
    hostname: 'workstation',
    image: harness.image,
    worktree,
    worktreeIdentity: `${dev}:${ino}`,
    mounts: [],
    tmp: 'shared' as const,
    env: { GREETING: 'hello world', NODE_OPTIONS: '--this-would-break-a-guest' },
    resources: { cpus: '1', memory: '1Gi', pids: 200 },
    user: { uid, gid, name: username, home: homedir },
    guestDir: path.join(harness.root, `g${count}`),
    ...changes,
  };
  return { ...spec, specHash: containerSpecHash(spec) };
}

/** Runs a command inside, once the guest answers. */
export async function run(
  container: Container,
  argv: string[],
  cwd = '/',
): Promise<{ output: string; result: ExecResult }> {
  await eventually(() => expect(existsSync(container.guest.socket)).toBe(true));
  const stdout = new PassThrough();
  const output = text(stdout);
  const request = { argv, cwd, env: {}, umask: 0o022 };
  const result = await eventually(() =>
    execInGuest(container.guest, request, { stdout, stderr: new PassThrough().resume() }),
  );
  stdout.end();
  return { output: await output, result };
}

/** The behaviour that every ContainerDriver has, on a real engine. */
export function containerDriverContract(name: string, make: () => Promise<DriverHarness>): void {
  describe(`container driver: ${name}`, () => {
    let harness: DriverHarness;
    let driver: ContainerDriver;
    beforeAll(async () => {
      harness = await make();
      driver = harness.driver;
    });
    afterAll(async () => harness?.close());

    it('tells that its engine is there', async () => {
      expect(await driver.probe()).toMatchObject({ available: true });
    });

    it('knows nothing of what was never made', async () => {
      expect(await driver.inspect('no-such-uid')).toBeUndefined();
      await driver.stop('no-such-uid');
      await driver.remove('no-such-uid');
    });

    it('runs a machine with the worktree at its own path, in which files belong to the user', async () => {
      const spec = await machineSpec(harness);
      await writeFile(path.join(spec.worktree, 'from-host'), 'made outside');
      const made = await driver.ensure(spec);
      expect(made).toMatchObject({ owner: spec.owner, name: spec.name, running: true, specHash: spec.specHash });
      expect(made.guest.socket).toBe(path.join(spec.guestDir, 's'));
      const { output } = await run(made, ['sh', '-c', 'cat from-host; echo made inside >from-machine'], spec.worktree);
      expect(output).toBe('made outside');
      expect(await readFile(path.join(spec.worktree, 'from-machine'), 'utf8')).toBe('made inside\n');
      await driver.remove(spec.owner.uid);
    });

    it('gives commands the environment and the host name, and tells them nothing of the guest', async () => {
      const spec = await machineSpec(harness);
      const made = await driver.ensure(spec);
      const { output } = await run(made, ['sh', '-c', 'echo "$GREETING|$NODE_OPTIONS|$(hostname)"; env']);
      expect(output.split('\n')[0]).toBe('hello world|--this-would-break-a-guest|workstation');
      expect(output).not.toContain('DUAL_');
      await driver.remove(spec.owner.uid);
    });

    it('has an init that is called init, has no arguments, and collects what ends without a parent', async () => {
      const spec = await machineSpec(harness);
      const made = await driver.ensure(spec);
      const shell = async (script: string): Promise<string> => (await run(made, ['sh', '-c', script])).output;
      expect(await shell('cat /proc/1/comm; tr "\\0" "|" </proc/1/cmdline')).toBe('init\ninit|');
      await shell('i=0; while [ $i -lt 300 ]; do (sleep 0.01 &); i=$((i + 1)); done');
      const left = 'cat /proc/[0-9]*/stat 2>/dev/null | cut -d" " -f2,3';
      await eventually(async () => expect(await shell(left)).not.toMatch(/ Z|sleep/));
      await driver.remove(spec.owner.uid);
    });

    it('is idempotent, also when asked several times at once', async () => {
      const spec = await machineSpec(harness);
      const all = await Promise.all(
        [driver.ensure(spec), driver.ensure(spec), harness.successor.ensure(spec)].map(settled),
      );
      const ids = new Set(all.flatMap((container) => (container ? [container.id] : [])));
      expect(ids.size).toBe(1);
      const again = await driver.ensure(spec);
      expect(ids).toContain(again.id);
      expect((await driver.list()).filter((machine) => machine.owner.uid === spec.owner.uid)).toHaveLength(1);
      await driver.remove(spec.owner.uid);
    });

    it('is found by another daemon of the same install', async () => {
      const spec = await machineSpec(harness);
      const made = await driver.ensure(spec);
      expect(await harness.successor.inspect(spec.owner.uid)).toEqual(await driver.inspect(spec.owner.uid));
      expect((await harness.successor.ensure(spec)).id).toBe(made.id);
      await driver.remove(spec.owner.uid);
    });

    it('sees that a machine was killed, and starts it again', async () => {
      const spec = await machineSpec(harness);
      const made = await driver.ensure(spec);
      await harness.kill(made);
      const dead = await eventually(async () => {
        const seen = await driver.inspect(spec.owner.uid);
        expect(seen?.running).toBe(false);
        return seen;
      });
      expect(dead?.exitCode).toBe(137);
      const back = await driver.ensure(spec);
      expect(back.running).toBe(true);
      expect((await run(back, ['echo', 'alive'])).output).toBe('alive\n');
      await driver.remove(spec.owner.uid);
    });

    it('makes a machine anew that was removed', async () => {
      const spec = await machineSpec(harness);
      const made = await driver.ensure(spec);
      await harness.destroy(made);
      expect(await driver.inspect(spec.owner.uid)).toBeUndefined();
      expect((await driver.ensure(spec)).running).toBe(true);
      await driver.remove(spec.owner.uid);
    });

    it('makes a machine anew when its spec has changed', async () => {
      const spec = await machineSpec(harness);
      const first = await driver.ensure(spec);
      const { specHash: _old, ...rest } = spec;
      const changed = { ...rest, env: { GREETING: 'changed' } };
      const second = await driver.ensure({ ...changed, specHash: containerSpecHash(changed) });
      expect(second.id).not.toBe(first.id);
      expect((await run(second, ['sh', '-c', 'echo $GREETING'])).output).toBe('changed\n');
      expect((await driver.list()).filter((machine) => machine.owner.uid === spec.owner.uid)).toHaveLength(1);
      await driver.remove(spec.owner.uid);
    });

    it('stops a machine and keeps it', async () => {
      const spec = await machineSpec(harness);
      const made = await driver.ensure(spec);
      await run(made, ['true']);
      await driver.stop(spec.owner.uid);
      await driver.stop(spec.owner.uid);
      expect(await driver.inspect(spec.owner.uid)).toMatchObject({ id: made.id, running: false });
      expect(await driver.ensure(spec)).toMatchObject({ id: made.id, running: true });
      await driver.remove(spec.owner.uid);
    });

    it('leaves nothing when it is removed', async () => {
      const spec = await machineSpec(harness);
      await driver.ensure(spec);
      await driver.remove(spec.owner.uid);
      await driver.remove(spec.owner.uid);
      expect(await driver.inspect(spec.owner.uid)).toBeUndefined();
      expect((await driver.list()).map((machine) => machine.owner.uid)).not.toContain(spec.owner.uid);
    });

    it('does not see the machines of another install, and touches none of them', async () => {
      const spec = await machineSpec(harness);
      const made = await driver.ensure(spec);
      const { stranger } = harness;
      expect(await stranger.inspect(spec.owner.uid)).toBeUndefined();
      expect(await stranger.list()).toEqual([]);
      await stranger.remove(spec.owner.uid);
      await expect(stranger.ensure(spec)).rejects.toMatchObject({ name: 'StalledError', reason: 'NameTaken' });
      expect(await driver.inspect(spec.owner.uid)).toMatchObject({ id: made.id, running: true });
      await driver.remove(spec.owner.uid);
    });

    it('refuses a mount that is missing, or that would hand over the host', async () => {
      const missing = path.join(harness.root, 'missing');
      const spec = await machineSpec(harness, { mounts: [{ path: missing, readOnly: true }] });
      await expect(driver.ensure(spec)).rejects.toMatchObject({ name: 'StalledError', reason: 'MountMissing' });
      await expect(driver.ensure(spec)).rejects.toThrow(missing);
      expect(await driver.inspect(spec.owner.uid)).toBeUndefined();
      const state = path.join(harness.root, 'state');
      const inside = await machineSpec(harness, { mounts: [{ path: path.join(state, 'sub'), readOnly: true }] });
      await mkdir(path.join(state, 'sub'), { recursive: true });
      await expect(driver.ensure(inside)).rejects.toMatchObject({ reason: 'MountForbidden' });
    });

    it('mounts what the spec names at its own path, and hides what must not be seen below it', async () => {
      const shared = harness.root;
      await mkdir(path.join(harness.root, 'state'), { recursive: true });
      await writeFile(path.join(harness.root, 'state', 'secret'), 'secret');
      await writeFile(path.join(harness.root, 'api.sock'), 'secret');
      await writeFile(path.join(harness.root, 'note'), 'a note');
      const spec = await machineSpec(harness, { mounts: [{ path: shared, readOnly: true }] });
      const made = await driver.ensure(spec);
      const { output } = await run(made, [
        'sh',
        '-c',
        `cat ${shared}/note ${shared}/api.sock; ls ${shared}/state; touch ${shared}/x || echo refused`,
      ]);
      expect(output).toBe('a noterefused\n');
      await driver.remove(spec.owner.uid);
    });

    it('reports starts and deaths by uid, those of its own install alone', async () => {
      const stop = new AbortController();
      const seen: (string | undefined)[] = [];
      const foreign: (string | undefined)[] = [];
      driver.watch((uid) => seen.push(uid), stop.signal);
      harness.stranger.watch((uid) => foreign.push(uid), stop.signal);
      await eventually(() => expect([seen.length, foreign.length]).toEqual([1, 1]));
      const spec = await machineSpec(harness);
      const made = await driver.ensure(spec);
      await eventually(() => expect(seen).toContain(spec.owner.uid));
      const before = seen.length;
      await harness.kill(made);
      await eventually(() => expect(seen.slice(before)).toContain(spec.owner.uid));
      await driver.remove(spec.owner.uid);
      stop.abort();
      expect(foreign).toEqual([undefined]);
    });
  });
}

async function settled(promise: Promise<Container>): Promise<Container | undefined> {
  try {
    return await promise;
  } catch (error) {
    // Two daemons at once do not happen, but must not make two machines: one of them may be told that the name is taken.
    expect(error).toMatchObject({ reason: expect.stringMatching(/NameTaken|ContainerFailed/) as string });
    return undefined;
  }
}
