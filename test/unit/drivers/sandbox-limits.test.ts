import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findCgroupPlace } from '../../../src/drivers/container/sandbox/limits/place.ts';
import { limitSettings, type Controller } from '../../../src/drivers/container/sandbox/limits/settings.ts';
import { groupsAbove, parseCgroupTree } from '../../../src/drivers/container/sandbox/limits/tree.ts';

describe('limits of a spec', () => {
  it('are what the engine sets for the same spec', () => {
    const settings = limitSettings({ memory: '4Gi', cpus: '1500m', pids: 4096 });
    expect(Object.assign({}, ...settings.map(({ files }) => files))).toEqual({
      'memory.max': '4294967296',
      'memory.swap.max': '4294967296',
      'cpu.max': '150000 100000',
      'pids.max': '4096',
    });
  });

  it('are only those that it names', () => {
    expect(limitSettings({ pids: 64 }).map(({ field }) => field)).toEqual(['pids']);
  });

  it('are never less than the kernel takes', () => {
    expect(limitSettings({ cpus: '1m', pids: 1 })[0]?.files).toEqual({ 'cpu.max': '1000 100000' });
  });
});

describe('the control groups of this process', () => {
  const unified = '30 23 0:26 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw,nsdelegate\n';
  const hybrid =
    '31 23 0:27 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n32 23 0:28 / /sys/fs/cgroup/unified rw - cgroup2 none rw\n';

  it('are found on systems with version 2, alone or beside version 1', () => {
    const own = '0::/user.slice/user-1000.slice/session-2.scope\n';
    expect(parseCgroupTree(unified, own)).toEqual({
      root: '/sys/fs/cgroup',
      own: '/sys/fs/cgroup/user.slice/user-1000.slice/session-2.scope',
    });
    expect(parseCgroupTree(hybrid, '4:memory:/x\n0::/\n')?.own).toBe('/sys/fs/cgroup/unified');
  });

  it('are there in part only inside containers', () => {
    const part = unified.replace('0:26 / ', '0:26 /docker/1 ');
    expect(parseCgroupTree(part, '0::/docker/1/a\n')?.own).toBe('/sys/fs/cgroup/a');
    expect(parseCgroupTree(part, '0::/elsewhere\n')).toBeUndefined();
  });

  it('are not there on systems with version 1 alone', () => {
    expect(parseCgroupTree(hybrid.split('\n')[0] ?? '', '4:memory:/x\n')).toBeUndefined();
    expect(parseCgroupTree('', '')).toBeUndefined();
  });

  it('are listed from the root down', () => {
    expect(groupsAbove({ root: '/r', own: '/r/a/b' })).toEqual(['/r', '/r/a', '/r/a/b']);
    expect(groupsAbove({ root: '/r', own: '/r' })).toEqual(['/r']);
  });
});

describe('the place for control groups', () => {
  const WANTED: Controller[] = ['memory', 'cpu', 'pids'];
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(path.join(os.tmpdir(), 'dual-'));
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  /** A directory with the files of a control group. */
  function group(name: string, files: { controllers: string; subtree?: string; procs?: string; type?: string }): void {
    const dir = path.join(root, name);
    mkdirSync(dir, { recursive: true });
    const { controllers, subtree = '', procs = '', type = 'domain' } = files;
    const content = { controllers, subtree_control: subtree, procs, type };
    for (const [file, text] of Object.entries(content)) writeFileSync(path.join(dir, `cgroup.${file}`), `${text}`);
  }
  const place = (own: string): ReturnType<typeof findCgroupPlace> =>
    findCgroupPlace({ root, own: path.join(root, own) }, WANTED);

  it('is the group that gives most, and of those the one nearest to the root', async () => {
    group('user', { controllers: 'cpu memory pids\n', subtree: 'memory pids\n', procs: '12\n' });
    group('user/app', { controllers: 'cpu memory pids\n' });
    group('user/app/daemon', { controllers: 'cpu memory pids\n' });
    expect(await place('user/app/daemon')).toEqual({ dir: path.join(root, 'user/app'), controllers: WANTED });
  });

  it('is no group with processes of its own, unless that gives controllers already', async () => {
    group('user', { controllers: 'memory pids\n', subtree: 'pids\n', procs: '12\n' });
    expect(await place('user')).toEqual({ dir: path.join(root, 'user'), controllers: ['pids'] });
  });

  it('is none where nothing can be made', async () => {
    mkdirSync(path.join(root, 'user'));
    expect(await place('user')).toBeUndefined();
  });
});
