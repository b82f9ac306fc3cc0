import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import http from 'node:http';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { DoctorContext } from '../../../../src/cli/dual/doctor/check.ts';
import { checkConfigured } from '../../../../src/cli/dual/doctor/config.ts';
import { checkDirectories } from '../../../../src/cli/dual/doctor/directories.ts';
import { diskFix, judge } from '../../../../src/cli/dual/doctor/disk.ts';
import { checkDocker } from '../../../../src/cli/dual/doctor/docker.ts';
import { checkGit } from '../../../../src/cli/dual/doctor/git.ts';
import { checkInotify } from '../../../../src/cli/dual/doctor/inotify.ts';
import { installCommand } from '../../../../src/exec/install-command.ts';
import { checkListen } from '../../../../src/cli/dual/doctor/listen.ts';
import { checkLocalhost } from '../../../../src/cli/dual/doctor/localhost.ts';
import { checkNativeModules } from '../../../../src/cli/dual/doctor/native-modules.ts';
import { checkPerl } from '../../../../src/cli/dual/doctor/perl.ts';
import { checkNode } from '../../../../src/cli/dual/doctor/node.ts';
import { checkNpmRegistry } from '../../../../src/cli/dual/doctor/npm-registry.ts';
import { quote } from '../../../../src/cli/dual/quote.ts';
import { checkTmux } from '../../../../src/cli/dual/doctor/tmux.ts';
import { resolvePaths } from '../../../../src/config/paths.ts';

let home: string;
beforeEach(() => {
  home = mkdtempSync(path.join(os.tmpdir(), 'dual-'));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

function context(env: Record<string, string> = {}): DoctorContext {
  return { env, home, paths: resolvePaths({ DUAL_HOME: home }), platform: 'linux' };
}

/** A PATH with nothing but this one program in it. */
function pathWith(program: string, script: string): string {
  const dir = path.join(home, 'bin');
  mkdirSync(dir, { recursive: true });
  writeFileSync(path.join(dir, program), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  return dir;
}

describe('programs', () => {
  it('are missing when the PATH has none of them', async () => {
    const fix = expect.any(String) as string;
    expect(await checkGit(context({ PATH: home }))).toMatchObject({ status: 'missing', fix });
    const message = expect.stringContaining('`basic`') as string;
    expect(await checkTmux(context({ PATH: home }))).toMatchObject({ status: 'warning', message, fix });
  });

  it('hold sessions on Linux alone: elsewhere tmux is needed', async () => {
    for (const PATH of [home, pathWith('tmux', 'echo tmux 2.9a')]) {
      const result = await checkTmux({ ...context({ PATH }), platform: 'darwin' });
      expect(result).toMatchObject({ status: 'missing', fix: expect.any(String) as string });
      expect(result.message).not.toContain('basic');
    }
  });

  it('route commands, by the path that the scripts name', async () => {
    expect(await checkPerl(context({ PATH: home }))).toMatchObject({ name: 'perl', status: 'ok' });
    const fix = expect.any(String) as string;
    const missing = await checkPerl(context({ PATH: home }), path.join(home, 'no-perl'));
    expect(missing).toMatchObject({ name: 'perl', status: 'missing', fix });
  });

  it('are missing when too old', async () => {
    expect(await checkTmux(context({ PATH: pathWith('tmux', 'echo tmux 2.9a') }))).toMatchObject({ status: 'warning' });
    expect(await checkGit(context({ PATH: pathWith('git', 'echo git version 2.20.1') }))).toMatchObject({
      status: 'missing',
      message: expect.stringContaining('2.20.1') as string,
    });
    expect((await checkNode('v18.19.0')).status).toBe('missing');
  });

  it('are fine when new enough, or of a version without a number', async () => {
    expect(await checkTmux(context({ PATH: pathWith('tmux', 'echo tmux 3.5a') }))).toMatchObject({ status: 'ok' });
    expect(await checkTmux(context({ PATH: pathWith('tmux', 'echo tmux master') }))).toMatchObject({ status: 'ok' });
    expect((await checkNode('v22.1.0')).status).toBe('ok');
  });

  it('are installed by the package manager that is there', () => {
    const PATH = pathWith('brew', '');
    expect(installCommand({ env: { PATH }, platform: 'darwin' }, 'tmux')).toBe('brew install tmux');
    expect(installCommand({ env: { PATH: pathWith('apt-get', '') }, platform: 'linux' }, 'x', { 'apt-get': 'y' })).toBe(
      'sudo apt-get install -y y',
    );
  });
});

describe('docker', () => {
  it('is missing when no engine answers', async () => {
    const [result] = await checkDocker(context({ DOCKER_HOST: `unix://${home}/none.sock` }));
    expect(result).toMatchObject({
      name: 'docker',
      status: 'missing',
      fix: expect.stringContaining('DOCKER_HOST') as string,
    });
  });

  it('is missing when its context does not exist', async () => {
    const [result] = await checkDocker(context({ DOCKER_CONTEXT: 'nowhere' }));
    expect(result).toMatchObject({ status: 'missing', message: expect.stringContaining('nowhere') as string });
  });
});

describe('npm registry', () => {
  it('says what cannot be had without it', async () => {
    expect(await checkNpmRegistry(context({ PATH: pathWith('npm', 'exit 1') }))).toMatchObject({
      status: 'warning',
      message:
        'the npm registry does not answer; what repos ask for in another Node or package manager cannot be fetched',
    });
  });
});

describe('native modules', () => {
  const broken = (): Promise<never> => Promise.reject(new Error('compiled against another version of Node'));

  it('work, and can be compiled', async () => {
    for (const program of ['make', 'g++', 'python3']) pathWith(program, '');
    expect((await checkNativeModules(context({ PATH: path.join(home, 'bin') }))).status).toBe('ok');
  });

  it('cannot be compiled without a compiler', async () => {
    pathWith('make', '');
    const result = await checkNativeModules(context({ PATH: pathWith('apt-get', '') }));
    expect(result).toMatchObject({ status: 'warning', fix: 'sudo apt-get install -y make g++ python3' });
    expect(result.message).toContain('g++, python3 not in the PATH');
  });

  it('are made anew when they do not fit', async () => {
    const result = await checkNativeModules(context({ PATH: pathWith('apt-get', '') }), broken);
    expect(result).toMatchObject({ status: 'missing', message: expect.stringContaining('another version') as string });
    expect(result.fix).toMatch(
      /^sudo apt-get install -y make g\+\+ python3 && npm --prefix \S+ rebuild better-sqlite3$/,
    );
  });
});

describe('directories', () => {
  it('need not be there yet', async () => {
    const results = await checkDirectories(context());
    expect(results.map(({ status }) => status)).toEqual(['ok', 'ok', 'ok']);
  });

  it('must be directories', async () => {
    writeFileSync(path.join(home, 'state'), '');
    const results = await checkDirectories(context());
    expect(results).toContainEqual(expect.objectContaining({ name: 'directory state', status: 'missing' }));
  });

  it('keep others away from the sockets', async () => {
    mkdirSync(path.join(home, 'state'));
    chmodSync(path.join(home, 'state'), 0o755);
    const results = await checkDirectories(context());
    expect(results).toContainEqual(expect.objectContaining({ status: 'warning', fix: `chmod 700 ${home}/state` }));
  });

  it('leave room for the path of a socket', async () => {
    const paths = resolvePaths({ DUAL_HOME: path.join(home, 'x'.repeat(100)) });
    const results = await checkDirectories({ ...context(), paths });
    expect(results).toContainEqual(
      expect.objectContaining({ status: 'missing', message: expect.stringMatching(/bytes/) as string }),
    );
  });

  it('come from the configuration, which has to be right', async () => {
    writeFileSync(path.join(home, 'config.yaml'), 'workspace: /x\n');
    expect(await checkConfigured(context())).toEqual([
      expect.objectContaining({
        name: 'config',
        status: 'missing',
        message: expect.stringContaining('workspace') as string,
      }),
    ]);
  });
});

describe('limits', () => {
  it('of disk space', () => {
    const GIB = 1024 ** 3;
    const statuses = [0.5, 5, 50].map((free) => judge('/d', { free: free * GIB }, 'fix').status);
    expect(statuses).toEqual(['missing', 'warning', 'ok']);
    expect(judge('/d', { free: 50 * GIB, inodes: 10 }, 'fix')).toMatchObject({ status: 'warning', fix: 'fix' });
  });

  it('of disk space, with what shows where it went', async () => {
    const paths = { ...context().paths, workspaces: '/my clones' };
    expect(await diskFix({ ...context({ PATH: home }), paths })).toBe("du -sh '/my clones'/*");
    const PATH = pathWith('docker', '');
    const DOCKER_HOST = `unix://${home}/engine.sock`;
    expect(await diskFix({ ...context({ PATH, DOCKER_HOST }), paths })).toBe("du -sh '/my clones'/*");
    const engine = http.createServer((_, response) => response.end('{"Version":"1"}'));
    await once(engine.listen(`${home}/engine.sock`), 'listening');
    expect(await diskFix({ ...context({ PATH, DOCKER_HOST }), paths })).toMatch(/^docker system df/);
    engine.close();
  });

  it('of file watchers, with the settings that are too low', async () => {
    writeFileSync(path.join(home, 'max_user_watches'), '8192\n');
    writeFileSync(path.join(home, 'max_user_instances'), '1024\n');
    const [low] = await checkInotify({ platform: 'linux' }, home);
    expect(low).toMatchObject({
      status: 'warning',
      fix: expect.stringContaining('fs.inotify.max_user_watches=524288') as string,
    });
    expect(low?.fix).not.toContain('instances');
    expect(await checkInotify({ platform: 'darwin' }, home)).toEqual([]);
  });
});

describe('addresses', () => {
  it('tell whether the proxy can listen', async () => {
    const [free, taken] = await checkListen(context(), ['127.0.0.1', '192.0.2.1']);
    expect(free).toMatchObject({ status: 'ok' });
    expect(taken).toBeDefined();
    const [foreign] = await checkListen(context(), ['192.0.2.1']);
    expect(foreign).toMatchObject({ status: 'missing', fix: 'sudo ip address add 192.0.2.1 dev lo' });
  });

  it('are those of *.localhost, else it is said', async () => {
    expect(await checkListen(context(), ['127.0.0.9'])).toContainEqual({
      name: 'listen',
      status: 'warning',
      message: 'the proxy listens on 127.0.0.9 alone; *.localhost is 127.0.0.1, so that the URLs do not lead here',
      fix: `add 127.0.0.1 to proxy.listen in ${context().paths.config}`,
    });
    for (const address of ['127.0.0.1', '::1']) {
      const names = (await checkListen(context(), ['127.0.0.9', address])).map(({ name }) => name);
      expect(names).not.toContain('listen');
    }
  });

  it('of *.localhost are loopback, else it is said', async () => {
    const failing = (): Promise<never> => Promise.reject(Object.assign(new Error('no'), { code: 'ENOTFOUND' }));
    const answering = (address: string) => () => Promise.resolve({ address });
    expect((await checkLocalhost(context(), answering('127.0.0.1'))).status).toBe('ok');
    expect((await checkLocalhost(context(), answering('::1'))).status).toBe('ok');
    expect(await checkLocalhost(context(), answering('203.0.113.9'))).toMatchObject({ status: 'warning' });
    expect(await checkLocalhost(context(), failing)).toMatchObject({
      status: 'warning',
      fix: expect.any(String) as string,
    });
  });
});

describe('quote', () => {
  it('leaves plain words as they are', () => {
    expect([quote('/a/b-c_1'), quote("it's here"), quote('$x')]).toEqual(['/a/b-c_1', "'it'\\''s here'", "'$x'"]);
  });
});
