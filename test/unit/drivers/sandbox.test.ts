import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { listeningPaths } from '../../../src/drivers/container/listening-sockets.ts';
import { isPlain, sandboxFiles } from '../../../src/drivers/container/sandbox/files.ts';
import { layOut } from '../../../src/drivers/container/sandbox/layout.ts';
import type { Item } from '../../../src/drivers/container/sandbox/layout.ts';
import { machineEnvironment } from '../../../src/drivers/container/sandbox/machine-environment.ts';
import { mountTable, parseMountInfo } from '../../../src/drivers/container/sandbox/mount-table.ts';
import { pinsOf } from '../../../src/drivers/container/sandbox/pins.ts';
import { explainMissing, explainRefusal } from '../../../src/drivers/container/sandbox/refusal.ts';
import { mountTables } from '../../../src/drivers/container/sandbox/tables.ts';
import type { TablesInput } from '../../../src/drivers/container/sandbox/tables.ts';

const cover = (target: string): Item => ({ kind: 'cover', target, source: `/own${target}`, writable: false });
const show = (target: string, readOnly = false): Item => ({ kind: 'show', target, readOnly });
const targets = (items: Item[]): string[] => items.map(({ kind, target }) => `${kind} ${target}`);

describe('layout of a sandbox', () => {
  it('covers what is hidden first, and shows the worktree in it', () => {
    const layout = layOut([show('/h/clones/p/mine'), cover('/h/clones'), cover('/tmp')]);
    expect(targets(layout.covers)).toEqual(['cover /tmp', 'cover /h/clones']);
    expect(targets(layout.rest)).toEqual(['show /h/clones/p/mine']);
    expect(layout.mountPoints).toEqual([{ cover: cover('/h/clones'), target: '/h/clones/p/mine' }]);
  });

  it('covers again what a mount brings in, and shows the worktree on top', () => {
    const layout = layOut([cover('/h/state'), cover('/h/clones'), show('/h', true), show('/h/clones/mine')]);
    expect(layout.covers).toEqual([]);
    expect(targets(layout.rest)).toEqual(['show /h', 'cover /h/state', 'cover /h/clones', 'show /h/clones/mine']);
    expect(layout.mountPoints.map(({ target }) => target)).toEqual(['/h/clones/mine']);
  });

  it('leaves out covers below covers, not those below what is shown in one', () => {
    const layout = layOut([cover('/tmp'), cover('/tmp/a'), show('/tmp/mine'), cover('/tmp/mine/socket')]);
    expect(targets([...layout.covers, ...layout.rest])).toEqual([
      'cover /tmp',
      'show /tmp/mine',
      'cover /tmp/mine/socket',
    ]);
  });

  it('shows what is asked for by the very path of a cover, and takes no name for a directory of another', () => {
    const layout = layOut([show('/h/agent.sock'), cover('/h/agent.sock'), cover('/h/agent'), show('/h/agent-2')]);
    expect(targets(layout.rest)).toEqual(['show /h/agent.sock', 'show /h/agent-2']);
    expect(layout.mountPoints.map(({ target }) => target)).toEqual(['/h/agent.sock']);
  });
});

describe('directories above what is covered', () => {
  const pin = (target: string): Item => ({ kind: 'pin', target });

  it('are pinned on the tree itself, before what is covered in them', () => {
    const layout = layOut([cover('/h/.l/s/dual'), pin('/h/.l'), pin('/h/.l/s'), show('/h/mine')]);
    expect(targets(layout.covers)).toEqual(['pin /h/.l', 'pin /h/.l/s', 'cover /h/.l/s/dual']);
    expect(targets(layout.rest)).toEqual(['show /h/mine']);
  });

  it('are pinned again where a mount brings them in to be written to, not where they cannot be renamed', () => {
    const items = [cover('/h/.l/dual'), pin('/h'), pin('/h/.l')];
    expect(targets(layOut([...items, show('/h')]).rest)).toEqual(['show /h', 'pin /h/.l', 'cover /h/.l/dual']);
    expect(targets(layOut([...items, show('/h', true)]).rest)).toEqual(['show /h', 'cover /h/.l/dual']);
    const covered = layOut([cover('/h'), pin('/h'), pin('/h/.l'), show('/h/.l', true)]);
    expect(targets([...covered.covers, ...covered.rest])).toEqual(['cover /h', 'show /h/.l']);
  });

  it('are those that this user could rename', () => {
    const dir = mkdtempSync(path.join(os.tmpdir(), 'dual-'));
    mkdirSync(path.join(dir, 'a/b'), { recursive: true });
    const pins = pinsOf([path.join(dir, 'a/b/hidden'), path.join(dir, 'a/other')]).map(({ target }) => target);
    expect(pins).toEqual(expect.arrayContaining([path.join(dir, 'a'), path.join(dir, 'a/b'), dir]));
    expect(new Set(pins).size).toBe(pins.length);
    expect(pinsOf(['/hidden', '/proc/sys/hidden']).map(({ target }) => target)).not.toContain('/');
    rmSync(dir, { recursive: true });
  });
});

describe('tables of mounts', () => {
  const input = (items: Item[], changes: Partial<TablesInput> = {}): TablesInput => ({
    dir: '/s',
    layout: layOut(items),
    guestDir: '/g',
    guestRuntime: '/runtime',
    tools: undefined,
    mountInfo: '1 0 8:1 / / rw - ext4 /dev/a rw\n',
    filesystems: 'nodev\tproc\n',
    root: false,
    ...changes,
  });

  it('are written so that no name can become a field or a line', () => {
    const line = { source: '/a b', target: '/c\td\\e\n#', type: 'none', options: 'bind' };
    expect(mountTable([line])).toBe('/a\\040b /c\\011d\\134e\\012\\043 none bind 0 0\n');
  });

  it('are read with their names as they are', () => {
    expect(parseMountInfo('36 35 98:0 /m /mnt\\040a\\134b rw,nosuid - ext3 /dev/r rw\n')).toEqual([
      { mountPoint: '/mnt a\\b', options: ['rw', 'nosuid'] },
    ]);
  });

  it('make a read-only mount of all that is mounted below it, kept to what it was kept to before', () => {
    const mountInfo = [
      '1 0 8:1 / / rw - ext4 /dev/a rw',
      '2 1 8:2 / /data rw,nosuid,nodev,relatime - ext4 /dev/b rw',
      '3 2 8:3 / /data/sub rw,noexec - ext4 /dev/c rw',
      '4 2 8:4 / /data/hidden/sub rw - ext4 /dev/d rw',
      '5 1 8:5 / /database rw - ext4 /dev/e rw',
    ].join('\n');
    const { binds } = mountTables(input([show('/data', true), cover('/data/hidden')], { mountInfo }));
    expect(binds.split('\n')).toEqual([
      ...['rbind,ro,nosuid,nodev', '/data', '/data'],
      ...['remount,bind,ro,noexec', 'none', '/data/sub'],
      ...['bind,ro,nosuid,nodev,noexec', '/own/data/hidden', '/data/hidden'],
      '',
    ]);
  });

  it('keep the kernel from root, and only from root, who alone could change it', () => {
    expect(mountTables(input([], { root: true })).covers).toContain(
      '/s/root/proc/sys /s/root/proc/sys none bind,ro 0 0\n',
    );
    expect(mountTables(input([])).covers).not.toContain('/proc/');
  });
});

describe('sockets of the host', () => {
  it('are those that listen and have a path, less those made for everybody', () => {
    const text = [
      'Num       RefCount Protocol Flags    Type St Inode Path',
      '0000000000000000: 00000002 00000000 00010000 0001 01  4391 /home/a b/engine.sock',
      '0000000000000000: 00000002 00000000 00010000 0001 01  4392 @abstract',
      '0000000000000000: 00000003 00000000 00000000 0001 03 24392 /home/connected.sock',
      '0000000000000000: 00000002 00000000 00010000 0001 01 24393 /var/lib/sss/pipes/nss',
      '0000000000000000: 00000002 00000000 00010000 0005 01 24394 /home/packets.sock',
      '0000000000000000: 00000002 00000000 00000000 0002 01 24395',
      '0000000000000000: 00000002 00000000 00000000 0002 01 24396 /home/datagrams.sock',
      '',
    ].join('\n');
    expect(listeningPaths(text)).toEqual(['/home/a b/engine.sock', '/home/packets.sock', '/home/datagrams.sock']);
  });
});

describe('environment of a sandbox', () => {
  const user = { uid: 1000, gid: 1000, name: 'alex', home: '/home/alex' };

  it('is the login environment less what is true of the host alone', () => {
    const login = {
      ...{ LANG: 'C', XDG_DATA_HOME: '/data', http_proxy: 'http://proxy', NPM_TOKEN: 'x', TERMINFO: '/t' },
      ...{ SSH_AUTH_SOCK: '/a', SSH_CONNECTION: '1', DBUS_SESSION_BUS_ADDRESS: 'b', DISPLAY: ':0', TERM: 'xterm' },
      ...{ TERM_PROGRAM: 'x', VSCODE_PID: '1', DOCKER_HOST: 'd', DUAL_HOME: '/d', INVOCATION_ID: '1', LISTEN_FDS: '3' },
      ...{
        npm_lifecycle_event: 'test',
        npm_config_user_agent: 'npm',
        INIT_CWD: '/',
        TMPDIR: '/tmp/x',
        VITEST_MODE: '1',
      },
    };
    expect(machineEnvironment(login, { user, env: {} })).toEqual({
      ...{ LANG: 'C', XDG_DATA_HOME: '/data', http_proxy: 'http://proxy', NPM_TOKEN: 'x', TERMINFO: '/t' },
      npm_config_store_dir: '/data/pnpm/store',
      PATH: '/usr/local/bin:/usr/local/sbin:/usr/bin:/usr/sbin:/bin:/sbin',
    });
  });

  it("has the project's own variables on top, whatever they are called", () => {
    const env = { SSH_AUTH_SOCK: '/mine', npm_config_store_dir: '/store', PATH: '/opt/bin' };
    const made = machineEnvironment({ PATH: '/usr/bin:/usr/local/bin' }, { user, env });
    expect(made).toMatchObject({ SSH_AUTH_SOCK: '/mine', npm_config_store_dir: '/store' });
    expect(made['PATH']).toBe('/usr/local/bin:/opt/bin:/usr/local/sbin:/usr/bin:/usr/sbin:/bin:/sbin');
  });
});

describe('why there are no sandboxes', () => {
  const user = { root: false };
  const cases: [string, string, Parameters<typeof explainRefusal>[1], RegExp][] = [
    ['AppArmor', 'mount: permission denied', { ...user, apparmorRestricts: '1' }, /sudo sysctl kernel\.apparmor_\w+=0/],
    [
      'an old Debian',
      'unshare failed: Operation not permitted',
      { ...user, unprivilegedClone: '0' },
      /_userns_clone=1/,
    ],
    [
      'none allowed',
      'unshare failed: No space left on device',
      { ...user, maxUserNamespaces: '0' },
      /max_user_namespaces=/,
    ],
    ['too many', 'unshare failed: No space left on device', { ...user, maxUserNamespaces: '9' }, /too many namespaces/],
    ['a container', 'mount: /proc: permission denied.', user, /systempaths=unconfined/],
    ['a filter', 'unshare: unshare failed: Operation not permitted', user, /seccomp/],
    ['other programs', "unshare: unrecognized option '--map-user=1000'", user, /util-linux 2\.36/],
    [
      'root, whom AppArmor lets',
      'mount: /proc: permission denied.',
      { root: true, apparmorRestricts: '1' },
      /hidden here/,
    ],
    ['anything else', 'something\nvery odd', user, /^sandboxes cannot be made here: very odd$/],
  ];
  it.each(cases)('is told with what to do: %s', (_name, said, settings, message) => {
    expect(explainRefusal(said, settings)).toMatch(message);
  });

  it('is told by what is not installed', () => {
    expect(explainMissing([], true)).toBeUndefined();
    expect(explainMissing(['setpriv', 'flock'], false)).toBe(
      'not installed: setpriv, flock (package util-linux) and a program that switches a loopback interface on (package iproute2)',
    );
  });
});

describe('the directory of a sandbox', () => {
  it('is named by a uid that leads nowhere else', () => {
    expect(sandboxFiles('/s', '3b1f-4c').dir).toBe('/s/3b1f-4c');
    for (const uid of ['', '..', '.hidden', 'a/b', 'a\n', '-f', 'a'.repeat(200)]) {
      expect(isPlain(uid), uid).toBe(false);
      expect(() => sandboxFiles('/s', uid), uid).toThrow(RangeError);
    }
  });
});
