import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Network, NetworkHelper } from '../../src/drivers/container/sandbox/helpers.ts';
import { createNetwork } from '../../src/drivers/container/sandbox/network.ts';
import { observeNetwork } from '../../src/drivers/container/sandbox/network/state.ts';
import { NETWORK_TOOLS } from '../../src/drivers/container/sandbox/network/tools.ts';
import { silentLog } from '../../src/log/log.ts';
import { eventually } from '../support/eventually.ts';
import { createNetHost, ELSEWHERE, PORT, recordedPid, type NetHost } from '../support/net-host.ts';
import { isRunning } from '../support/processes.ts';

/** Prints what a server says, or the error's code. */
const CONNECT = `const [, address, port] = /^(.*):([0-9]+)$/.exec(process.argv[1]);
const socket = require('net').connect(Number(port), address);
socket.setTimeout(1000, () => { console.log('silence'); socket.destroy(); });
socket.on('error', (error) => console.log(error.code)).on('data', (data) => console.log(String(data)));`;

/** Prints the address of a name, asked of the name servers in the resolv.conf that is its argument. */
const RESOLVE = `const servers = [...process.argv[1].matchAll(/^nameserver (.*)$/gm)].map(([, server]) => server);
const resolver = new (require('dns').Resolver)({ timeout: 2000 });
resolver.setServers(servers);
resolver.resolve4('shop.example', (error, addresses) => console.log(error?.code ?? addresses[0]));`;

const GATEWAY = `const [line] = require('fs').readFileSync('/proc/self/net/route', 'utf8').split('\\n').filter((line) => /^\\S+\\s00000000\\s/.test(line));
console.log(line.split('\\t')[2].match(/../g).reverse().map((hex) => parseInt(hex, 16)).join('.'));`;

const LISTEN = `const server = require('net').createServer((socket) => socket.end('own'));
server.listen(4200, process.argv[1], () => require('net').connect(4200, process.argv[1]).on('data', (data) => { console.log(String(data)); server.close(); }));`;

describe('outgoing network of a sandbox', () => {
  let host: NetHost;
  beforeAll(async () => {
    // hack/setup brings the programs; the device is the system's.
    expect(observeNetwork(process.env)).toMatchObject({ tools: NETWORK_TOOLS.map(({ name }) => ({ name })) });
    host = await createNetHost();
  });
  afterAll(() => host.dispose());

  /** Where that program alone is installed. */
  function networkWith(name: string): Network {
    const bin = mkdtempSync(path.join(host.dir, 'bin-'));
    symlinkSync(path.join(host.env['PATH'] ?? '', name), path.join(bin, name));
    return createNetwork({ env: { PATH: bin }, log: silentLog, resolvConf: host.resolvConf });
  }
  async function helperOf(network: Network): Promise<NetworkHelper> {
    const found = await network.find();
    if ('notice' in found) throw new Error(found.notice);
    return found.helper;
  }

  describe.each(['slirp4netns', 'pasta'])('by %s', (name) => {
    let pid: number;
    let dir: string;
    let network: Network;
    let helper: NetworkHelper;
    beforeEach(async () => {
      pid = await host.sandbox();
      dir = mkdtempSync(path.join(host.dir, 'sandbox-'));
      network = networkWith(name);
      helper = await helperOf(network);
    });
    afterEach(() => network.detach(dir));

    it('reaches what the host reaches, and asks its name server on loopback', async () => {
      expect(await host.inside(pid, CONNECT, `${ELSEWHERE}:${PORT}`)).toBe('ENETUNREACH');
      await helper.attach({ pid, dir });
      expect(await host.inside(pid, CONNECT, `${ELSEWHERE}:${PORT}`)).toBe(ELSEWHERE);
      expect(await host.inside(pid, RESOLVE, helper.resolvConf('nameserver 127.0.0.1\n'))).toBe(ELSEWHERE);
    });

    it('reaches nothing of the host that is on loopback', async () => {
      await helper.attach({ pid, dir });
      expect(await host.inside(host.pid, CONNECT, `127.0.0.1:${PORT}`)).toBe('127.0.0.1');
      const nameServer = helper.resolvConf('nameserver 127.0.0.1').replace(/nameserver|\s/g, '');
      const gateway = await host.inside(pid, GATEWAY);
      for (const address of ['127.0.0.1', '::1', nameServer, gateway]) {
        const answer = await host.inside(pid, CONNECT, `${address}:${PORT}`);
        expect.soft(answer, address).toMatch(/^(ECONNREFUSED|ENETUNREACH|EHOSTUNREACH|silence)$/);
      }
    });

    it('leaves its own loopback to the sandbox, of both families', async () => {
      await helper.attach({ pid, dir });
      expect(await host.inside(pid, LISTEN, '::1')).toBe('own');
      expect(await host.inside(pid, LISTEN, '127.0.0.1')).toBe('own');
    });

    it('is ended by whoever comes later, and leaves nothing behind', async () => {
      await helper.attach({ pid, dir });
      const first = recordedPid(dir);
      expect(await isRunning(first)).toBe(true);
      // Also by one that finds nothing to attach with any more.
      const later = createNetwork({ env: {}, log: silentLog });
      await later.detach(dir);
      expect(await isRunning(first)).toBe(false);
      expect(readdirSync(dir)).toEqual([]);
      await later.detach(dir);
    });

    it('takes the place of the one before', async () => {
      await helper.attach({ pid, dir });
      const first = recordedPid(dir);
      const anew = await host.sandbox();
      await helper.attach({ pid: anew, dir });
      expect(await isRunning(first)).toBe(false);
      expect(await host.inside(anew, CONNECT, `${ELSEWHERE}:${PORT}`)).toBe(ELSEWHERE);
    });
  });

  it('by slirp4netns ends with the sandbox', async () => {
    const dir = mkdtempSync(path.join(host.dir, 'sandbox-'));
    const alive = path.join(dir, 'alive');
    execFileSync('mkfifo', [alive]);
    const keeper = spawn('sh', ['-c', 'exec 7<>"$1" && echo ready && exec sleep infinity', 'sh', alive]);
    await once(keeper.stdout, 'data');
    const pid = await host.sandbox();
    const network = networkWith('slirp4netns');
    await (await helperOf(network)).attach({ pid, dir });
    expect(await host.inside(pid, CONNECT, `${ELSEWHERE}:${PORT}`)).toBe(ELSEWHERE);
    keeper.kill('SIGKILL');
    await eventually(async () => expect(await isRunning(recordedPid(dir))).toBe(false));
    await network.detach(dir);
  });

  it('is left out, with the reason, once every program has failed', async () => {
    const bin = mkdtempSync(path.join(host.dir, 'bin-'));
    for (const name of ['slirp4netns', 'pasta']) {
      const script = `#!/bin/sh\necho "$0: no way into /proc/$$/ns/net" >&2; exit 1\n`;
      writeFileSync(path.join(bin, name), script, { mode: 0o755 });
    }
    const network = createNetwork({ env: { PATH: bin }, log: silentLog });
    const target = { pid: host.pid, dir: mkdtempSync(path.join(host.dir, 'sandbox-')) };
    for (const name of ['slirp4netns', 'pasta']) {
      const helper = await helperOf(network);
      expect(helper.name).toBe(name);
      await expect(helper.attach(target)).rejects.toThrow(new RegExp(`^${name} gave the sandbox no network: `));
    }
    const failed = (name: string): string => `${name} failed: ${bin}/${name}: no way into /proc/PID/ns/net`;
    const notice = `outgoing network: none but loopback, since ${failed('slirp4netns')}; ${failed('pasta')}`;
    expect(await network.find()).toEqual({ notice });
    expect(readdirSync(target.dir)).toEqual([]);
  });

  it('is tried again after a sandbox that had ended meanwhile', async () => {
    const network = createNetwork({ env: host.env, log: silentLog });
    const helper = await helperOf(network);
    const nobody = 2 ** 22 + 1;
    await expect(helper.attach({ pid: nobody, dir: host.dir })).rejects.toMatchObject({ reason: 'ContainerFailed' });
    expect(await network.find()).toMatchObject({ helper: { name: helper.name } });
  });

  it('never ends a stranger that was given the pid of a helper', async () => {
    const stranger = spawn('sleep', ['infinity'], { stdio: 'ignore' });
    const dir = mkdtempSync(path.join(host.dir, 'sandbox-'));
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    writeFileSync(path.join(dir, 'network.pid'), `${stranger.pid} 1 ${boot}\n`);
    await createNetwork({ env: host.env, log: silentLog }).detach(dir);
    expect(await isRunning(stranger.pid ?? 0)).toBe(true);
    stranger.kill('SIGKILL');
  });
});
