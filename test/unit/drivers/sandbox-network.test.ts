import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { observeNetwork } from '../../../src/drivers/container/sandbox/network/state.ts';
import { NETWORK_TOOLS } from '../../../src/drivers/container/sandbox/network/tools.ts';

const [slirp4netns, pasta] = NETWORK_TOOLS;

describe("a sandbox's name server", () => {
  const host = '# by the system\nsearch corp.example\nnameserver 192.0.2.53\nnameserver 192.0.2.54\noptions edns0\n';
  const local = 'nameserver 127.0.0.53\noptions edns0 trust-ad\nsearch corp.example\n';

  it('is the one of slirp4netns, which asks the host each time', () => {
    expect(slirp4netns?.resolvConf(host)).toBe('search corp.example\noptions edns0\nnameserver 10.0.2.3\n');
    expect(slirp4netns?.resolvConf('')).toBe('nameserver 10.0.2.3\n');
  });

  it("is the host's with pasta, unless that is on loopback", () => {
    expect(pasta?.resolvConf(host)).toBe(host);
    expect(pasta?.resolvConf(local)).toBe('options edns0 trust-ad\nsearch corp.example\nnameserver 169.254.1.1\n');
    for (const text of ['', 'nameserver ::1\n', 'nameserver 192.0.2.53\nnameserver 127.0.0.1\n']) {
      expect(pasta?.resolvConf(text)).toBe('nameserver 169.254.1.1\n');
    }
    const args = (text: string): string[] => pasta?.args({ pid: 1, ready: '/r', watched: false, host: text }) ?? [];
    expect(args(local)).toContain('--dns-forward');
    expect(args(host)).not.toContain('--dns-forward');
  });
});

describe('what is there for the network of sandboxes', () => {
  let dir: string;
  beforeEach(() => {
    dir = mkdtempSync(path.join(os.tmpdir(), 'dual-'));
  });
  afterEach(() => rmSync(dir, { recursive: true, force: true }));

  function install(...names: string[]): Record<string, string> {
    for (const name of names) writeFileSync(path.join(dir, name), '#!/bin/sh\n', { mode: 0o755 });
    return { PATH: dir };
  }

  it('is nothing where neither is installed, and the command that helps is said', () => {
    writeFileSync(path.join(dir, 'apt-get'), '#!/bin/sh\n', { mode: 0o755 });
    expect(observeNetwork({ PATH: dir })).toEqual({
      reason: 'neither slirp4netns nor pasta is installed',
      fix: 'sudo apt-get install -y slirp4netns',
    });
  });

  it('is what is installed, slirp4netns first', () => {
    const device = path.join(dir, 'tun');
    writeFileSync(device, '');
    const state = observeNetwork(install('pasta', 'slirp4netns'), device);
    expect(state).toMatchObject({ tools: [{ name: 'slirp4netns', file: `${dir}/slirp4netns` }, { name: 'pasta' }] });
  });

  it('is nothing without the device, whatever is installed', () => {
    const device = path.join(dir, 'tun');
    expect(observeNetwork(install('pasta'), device)).toEqual({
      reason: `${device} cannot be used (ENOENT)`,
      fix: 'sudo modprobe tun',
    });
    mkdirSync(device);
    expect(observeNetwork(install('pasta'), device)).toMatchObject({
      reason: expect.stringContaining('EISDIR') as string,
    });
  });
});
