import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import net from 'node:net';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Container, ContainerSpec } from '../../src/drivers/container/driver.ts';
import { machineSpec, run } from './container-driver.contract.ts';
import { sandboxHarness } from './sandbox-harness.ts';
import type { SandboxHarness } from './sandbox-harness.ts';
import { lookAround, NODE } from './sandbox-inside.ts';
import type { Report } from './sandbox-inside.ts';

describe('what a sandbox keeps apart', () => {
  let harness: SandboxHarness;
  let spec: ContainerSpec;
  let machine: Container;
  let report: Report;
  let sleeper: ChildProcess;
  const servers: net.Server[] = [];
  const inside = async (...argv: string[]): Promise<string> => (await run(machine, argv)).output;
  const at = (name: string): string => path.join(harness.home, name);

  async function listen(where: net.ListenOptions): Promise<net.AddressInfo> {
    const server = net.createServer((socket) => socket.destroy());
    servers.push(server);
    server.listen(where);
    await once(server, 'listening');
    return server.address() as net.AddressInfo;
  }

  beforeAll(async () => {
    harness = await sandboxHarness();
    sleeper = spawn('sleep', ['600'], { stdio: 'ignore' });
    for (const name of ['mine', 'other']) {
      await mkdir(at(`clones/project/${name}`), { recursive: true });
      await writeFile(at(`clones/project/${name}/file`), name);
    }
    await writeFile(at('state/secret'), 'secret');
    const sockets = ['engine.sock', 'agent.sock', 'unnamed.sock', 'state/api.sock'].map(at);
    const abstract = `dual-test-${path.basename(harness.root)}`;
    for (const socket of [...sockets, `\0${abstract}`, path.join(harness.root, 'in-tmp.sock')])
      await listen({ path: socket });
    const { port } = await listen({ port: 0, host: '127.0.0.1' });
    const env = {
      PATH: process.env['PATH'] ?? '',
      HOME: harness.home,
      DOCKER_HOST: `unix://${at('engine.sock')}`,
      SSH_AUTH_SOCK: at('agent.sock'),
    };
    spec = await machineSpec(harness, { worktree: at('clones/project/mine'), tmp: 'private' });
    machine = await harness.driverWith({ env: () => Promise.resolve(env) }).ensure(spec);
    const script = lookAround({
      pids: [process.pid, sleeper.pid ?? 0],
      addresses: [...sockets, `@${abstract}`, path.join(harness.root, 'in-tmp.sock'), '/var/run/docker.sock', port],
      files: [at('state'), at('clones'), at('clones/project/other'), at('engine.sock'), harness.root],
      writes: [
        '/proc/sys/kernel/hostname',
        '/proc/sys/vm/swappiness',
        '/proc/sysrq-trigger',
        '/sys/kernel/profiling',
        '/dev/null',
      ],
    });
    report = JSON.parse(await inside(...NODE, script)) as Report;
  });
  afterAll(async () => {
    await harness.close();
    await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
    sleeper.kill();
  });

  it('the processes of the host: none is seen, none can be signalled', () => {
    expect(report.processes).toEqual(['guest', 'init', 'sh']);
    expect(report.signalled).toEqual([]);
    expect(sleeper.exitCode).toBeNull();
  });

  it('sockets of the host: engine, agents, Dual itself, those without a path, ports of its localhost', () => {
    expect(report.reached).toEqual([]);
  });

  it("Dual's state and other clones", async () => {
    // There is nothing at all where the tests themselves are somewhere in /tmp.
    const nothing = expect.stringMatching(/^(ENOENT)?$/) as string;
    expect(report.contents).toEqual({
      [at('state')]: nothing,
      [at('clones')]: 'project',
      [at('clones/project/other')]: 'ENOENT',
      [at('engine.sock')]: nothing,
      [harness.root]: 'ENOENT',
    });
    expect(await inside('ls', at('clones/project'))).toBe('mine\n');
    expect(await inside('cat', at('clones/project/mine/file'))).toBe('mine');
  });

  it('also from those who try to take a cover off, or to go by way of the first process', () => {
    expect(report.stillCovered).toEqual([
      at('state'),
      at('clones'),
      at('clones/project/other'),
      at('engine.sock'),
      harness.root,
    ]);
    expect(report.ways).toEqual([]);
    expect(report.noNewPrivileges).toBe(true);
  });

  it('the kernel, which only lets itself be read', () => {
    expect(report.written).toEqual(['/dev/null']);
  });
});
