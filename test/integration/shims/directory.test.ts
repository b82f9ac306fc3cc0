import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, readFileSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { packageRoot } from '../../../src/config/package-root.ts';
import { StalledError, WaitingError } from '../../../src/errors/reconcile-errors.ts';
import { createShims } from '../../../src/shims/directory.ts';
import { createShimsFixture } from '../../support/shims-fixture.ts';
import type { ShimsFixture } from '../../support/shims-fixture.ts';

let fixture: ShimsFixture;
beforeEach(() => {
  fixture = createShimsFixture();
});
afterEach(() => fixture.close());

const index = (): string => readFileSync(path.join(fixture.paths.shims, 'index'), 'utf8');

describe('which commands have a shim', () => {
  it('follows the machine, the host and the repo', async () => {
    const { program, inWorktree, shims, spec } = fixture;
    for (const name of ['node', 'own-tool']) program('machine', name, 'exit');
    for (const name of ['pnpm', 'psql', 'lsof']) program('host', name, 'exit');
    for (const name of ['next', 'ls', 'claude', 'git', 'vim']) inWorktree(`node_modules/.bin/${name}`);
    await fixture.startMachine();
    await shims.ensure(spec);
    const names = fixture.names();
    expect(names).toEqual(expect.arrayContaining(['node', 'next', 'kill']));
    // The machine has none, and the host's own would be the wrong one.
    expect(names).toEqual(expect.arrayContaining(['psql', 'lsof']));
    for (const name of ['own-tool', 'pnpm', 'ls', 'claude', 'git', 'vim', 'redis-cli'])
      expect(names).not.toContain(name);
  });

  it('is up to the project first', async () => {
    fixture.program('machine', 'node', 'exit');
    await fixture.startMachine();
    const commands = { container: ['terraform', 'ls'], host: ['node', 'kill'] };
    const spec = { ...fixture.spec, commands };
    await fixture.shims.ensure(spec);
    expect(fixture.names()).toEqual(expect.arrayContaining(['terraform', 'ls']));
    expect(fixture.names()).not.toContain('node');
    expect(fixture.names()).not.toContain('kill');
    expect(await fixture.shims.observe(spec)).toBe(true);
  });

  it('is none of the names that nobody would type', async () => {
    const hostile = ['-rf', '.hidden', 'a b', 'new\nline', 'x'.repeat(200), 'up..up', '$(id)', 'ü'];
    for (const name of [...hostile, 'fair']) fixture.inWorktree(`node_modules/.bin/${name}`);
    await fixture.startMachine();
    await fixture.shims.ensure(fixture.spec);
    expect(fixture.names()).toContain('fair');
    expect(fixture.names().filter((name) => hostile.includes(name) || name === 'new' || name === 'line')).toEqual([]);
  });

  it('is none that programs give passwords or keys to', async () => {
    const helpers = [
      'git-credential-x',
      'docker-credential-x',
      'ssh-agent',
      'gpg-x',
      'pinentry-tty',
      'x-askpass',
      'askpass',
    ];
    for (const name of [...helpers, 'gitx']) fixture.inWorktree(`node_modules/.bin/${name}`);
    await fixture.startMachine();
    await fixture.shims.ensure(fixture.spec);
    expect(fixture.names()).toContain('gitx');
    expect(fixture.names().filter((name) => helpers.includes(name))).toEqual([]);
  });

  it('changes with what a package manager has installed, before its end', async () => {
    fixture.program('machine', 'npm', 'mkdir -p node_modules/.bin; : >node_modules/.bin/"$1"; echo added; exit 3');
    await fixture.startMachine();
    await fixture.shims.ensure(fixture.spec);
    expect(await fixture.bash('npm fresh')).toEqual({ code: 3, stdout: 'added\n', stderr: '' });
    expect(fixture.names()).toContain('fresh');
    rmSync(path.join(fixture.spec.worktree, 'node_modules'), { recursive: true });
    await fixture.bash('npm other');
    expect(fixture.names()).toContain('other');
    expect(fixture.names()).not.toContain('fresh');
  });
});

describe('a directory of shims', () => {
  it('is up to date once it was made, for that run of the machine', async () => {
    const { shims, spec } = fixture;
    await fixture.startMachine();
    expect(await shims.observe(spec)).toBe(false);
    await shims.ensure(spec);
    expect(await shims.observe(spec)).toBe(true);
    expect(await shims.observe({ ...spec, machine: 'm2' })).toBe(false);
    expect(await shims.observe({ ...spec, commands: { container: ['x'], host: [] } })).toBe(false);
    rmSync(path.join(fixture.dir, 'bin'), { recursive: true });
    expect(await shims.observe(spec)).toBe(false);
    await shims.ensure(spec);
    expect(await shims.observe(spec)).toBe(true);
  });

  it('follows Dual to another place', async () => {
    await fixture.startMachine();
    await fixture.shims.ensure(fixture.spec);
    const lib = path.join(fixture.home, 'lib');
    cpSync(path.join(packageRoot(), 'src/shims'), lib, { recursive: true });
    const moved = fixture.shimsOf(lib);
    expect(await moved.observe(fixture.spec)).toBe(false);
    await moved.ensure(fixture.spec);
    expect(readlinkSync(path.join(fixture.dir, 'bin/kill'))).toBe(path.join(lib, 'shim.pl'));
    expect(await moved.observe(fixture.spec)).toBe(true);
  });

  it('waits for a machine that takes no commands', async () => {
    await expect(fixture.shims.ensure(fixture.spec)).rejects.toThrow(WaitingError);
    expect(await fixture.shims.observe(fixture.spec)).toBe(false);
  });

  it('is made without code that the environment of the user has perl load', async () => {
    const { home, paths, spec } = fixture;
    await fixture.startMachine();
    writeFileSync(path.join(home, 'Loaded.pm'), `open my $file, '>', '${home}/loaded'; 1;`);
    const env = { PATH: '/usr/bin:/bin', PERL5LIB: home, PERL5OPT: '-MLoaded' };
    const lib = path.join(packageRoot(), 'src/shims');
    await createShims({ paths, lib, dual: [], env: () => Promise.resolve(env) }).ensure(spec);
    expect(fixture.names()).toContain('kill');
    expect(existsSync(path.join(home, 'loaded'))).toBe(false);
  });

  it('can be made again once a machine that never says what it has was given up', async () => {
    const { dir, home, program, shims, spec } = fixture;
    await fixture.startMachine();
    await shims.ensure(spec);
    program('machine', 'sh', `echo $$ >${home}/number; mv ${home}/number ${home}/asked; exec sleep 1000`);
    const script = path.join(packageRoot(), 'src/shims/refresh.pl');
    const refresh = spawn('/usr/bin/perl', ['-tX', script, dir], { stdio: 'ignore' });
    const ended = once(refresh, 'exit');
    await expect.poll(() => existsSync(path.join(home, 'asked'))).toBe(true);
    // As the clock does, later.
    refresh.kill('SIGALRM');
    expect(await ended).toEqual([1, null]);
    await expect.poll(() => existsSync(`/proc/${readFileSync(path.join(home, 'asked'), 'utf8').trim()}`)).toBe(false);
    rmSync(path.join(home, 'machine/sh'));
    await shims.ensure(spec);
  });

  it('is refused where its path could not be told', async () => {
    const spec = { ...fixture.spec, worktree: `${fixture.spec.worktree}\nsocket /elsewhere` };
    await expect(fixture.shims.ensure(spec)).rejects.toThrow(StalledError);
    expect(existsSync(fixture.dir)).toBe(false);
  });

  it('is found by its worktree until it goes', async () => {
    await fixture.startMachine();
    await fixture.shims.ensure(fixture.spec);
    expect(index()).toBe(`${fixture.spec.worktree}\t${fixture.dir}\n`);
    await fixture.shims.removeAllBut([fixture.spec.uid]);
    expect(existsSync(fixture.dir)).toBe(true);
    await fixture.shims.removeAllBut([]);
    expect(existsSync(fixture.dir)).toBe(false);
    expect(index()).toBe('');
    await fixture.shims.remove(fixture.spec.uid);
  });
});

describe('a routed command', () => {
  it('runs in the machine, by the environment of a pane', async () => {
    const { program, shims, bash } = fixture;
    program('machine', 'node', 'echo inside $PWD $GREETING "$@"; exit 7');
    program('host', 'node', 'echo outside');
    await fixture.startMachine();
    const spec = { ...fixture.spec, env: { GREETING: 'hello' } };
    await shims.ensure(spec);
    const inside = `inside ${spec.worktree} hello a b\n`;
    expect(await bash('node a b', { env: { GREETING: 'hello' } })).toEqual({ code: 7, stdout: inside, stderr: '' });
    expect(await bash('node', { cwd: fixture.home })).toMatchObject({ stdout: 'outside\n' });
    expect(await bash('node', { env: { DUAL_BYPASS: '1' } })).toMatchObject({ stdout: 'outside\n' });
  });

  it('waits for a machine that is coming back', async () => {
    fixture.program('machine', 'node', 'echo inside');
    const machine = await fixture.startMachine();
    await fixture.shims.ensure(fixture.spec);
    await machine.stop();
    const started = path.join(fixture.home, 'started');
    writeFileSync(
      path.join(fixture.home, 'dual'),
      `#!/bin/sh\necho "$@" >>${started}; echo talk; until [ -e ${fixture.home}/back ]; do sleep 0.05; done\n`,
      { mode: 0o755 },
    );
    const running = fixture.bash('node');
    await expect.poll(() => existsSync(started)).toBe(true);
    await fixture.startMachine();
    writeFileSync(path.join(fixture.home, 'back'), '');
    expect(await running).toEqual({ code: 0, stdout: 'inside\n', stderr: '' });
    expect(readFileSync(started, 'utf8')).toBe('run --timeout 60s --workspace shop-main -- true\n');
    expect(readFileSync(fixture.paths.daemonLog, 'utf8')).toBe('talk\n');
  });

  it('is not found when the machine does not come back, and the reason is in the log', async () => {
    const machine = await fixture.startMachine();
    await fixture.shims.ensure({ ...fixture.spec, commands: { container: ['node'], host: [] } });
    await machine.stop();
    writeFileSync(path.join(fixture.home, 'dual'), '#!/bin/sh\necho "it is stopped" >&2; exit 125\n', { mode: 0o755 });
    expect(await fixture.bash('node')).toEqual({ code: 127, stdout: '', stderr: 'node: command not found\n' });
    expect(readFileSync(fixture.paths.daemonLog, 'utf8')).toBe('it is stopped\n');
  });
});
