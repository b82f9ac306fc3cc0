import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chooseAddress } from '../../../controllers/workspace/address.ts';
import { startCommandServer } from '../../support/command-server.ts';
import type { CommandServer } from '../../support/command-server.ts';

let server: CommandServer;
let outside: string;
let which: Record<string, string>;

beforeAll(async () => {
  const names = ['node', 'npx', 'npm', 'python3', 'curl', 'wget', 'make', 'terraform'];
  server = await startCommandServer(names, {
    container: 'terraform',
    visible: '/nonexistent',
    agents: '@x/agent agent-cli',
  });
  outside = path.join(path.dirname(server.worktree), 'outside');
  mkdirSync(path.join(server.worktree, 'src'), { recursive: true });
  mkdirSync(outside);
  for (const directory of [server.worktree, outside]) writeFileSync(path.join(directory, 'tool.js'), '');
  symlinkSync(path.join(outside, 'tool.js'), path.join(server.worktree, 'link.js'));
  symlinkSync(server.worktree, path.join(outside, 'worktree'));
  // Whatever these tests were started by.
  which = { ...server.env, _: '/usr/bin/agent', DUAL_WHICH: '1' };
});
afterAll(() => server.stop());

/** Where a command that somebody types into a shell runs: `container` or `host`. */
function typed(
  command: string,
  options: { cwd?: string; env?: Record<string, string>; shell?: string[] } = {},
): string {
  const [file, ...args] = options.shell ?? ['/bin/bash', '--norc', '-c'];
  const env = { ...which, ...options.env };
  const result = spawnSync(file!, [...args, command], { cwd: options.cwd ?? server.worktree, env, encoding: 'utf8' });
  expect(result.stderr).toBe('');
  return result.stdout.split('\t')[0]!;
}

describe('by where it is typed', () => {
  it('a command runs inside in the worktree and below it, on the host elsewhere', () => {
    expect(typed('npx x')).toBe('container');
    expect(typed('npx x', { cwd: path.join(server.worktree, 'src') })).toBe('container');
    expect(typed('npx x', { cwd: path.join(outside, 'worktree') })).toBe('container');
    expect(typed('npx x', { cwd: outside })).toBe('host');
    expect(typed('npx x', { cwd: '/' })).toBe('host');
  });

  it('a link in the worktree does not lead to the host', () => {
    symlinkSync(outside, path.join(server.worktree, 'out'));
    expect(typed('cd out && node tool.js')).toBe('container');
    expect(typed('node out/tool.js')).toBe('container');
  });

  it('a program of the repo is not run on the host', () => {
    const bin = path.join(server.worktree, 'node_modules/.bin');
    mkdirSync(bin, { recursive: true });
    writeFileSync(path.join(bin, 'curl'), '#!/bin/sh\necho of the repo\n', { mode: 0o755 });
    const env = {
      ...server.env,
      PATH: `${server.env['PATH']!.split(':')[0]!}:${bin}:./node_modules/.bin:/usr/bin:/bin`,
    };
    const script = 'curl --max-time 1 http://192.0.2.1:1/ || echo of the host';
    const result = spawnSync('/bin/bash', ['--norc', '-c', script], { cwd: server.worktree, env, encoding: 'utf8' });
    expect(result.stdout).toBe('of the host\n');
  });

  it('no library of the repo is loaded by a shim', () => {
    writeFileSync(path.join(server.worktree, 'strict.pm'), 'print "loaded\n"; 1;\n');
    expect(typed('npx x', { env: { PERL5LIB: server.worktree, PERL5OPT: `-I${server.worktree}` } })).toBe('container');
  });

  it('a directory whose name only begins like the worktree’s is another one', () => {
    mkdirSync(`${server.worktree}-2`);
    expect(typed('npx x', { cwd: `${server.worktree}-2` })).toBe('host');
  });

  it('nothing is routed with DUAL_BYPASS', () => {
    expect(typed('npx x', { env: { DUAL_BYPASS: '1' } })).toBe('host');
  });
});

describe('a script', () => {
  it.each([
    ['node tool.js', 'container'],
    ['node ./src/../tool.js --flag', 'container'],
    ['node --require ./x.js tool.js', 'container'],
    ['node -e "1" /etc/passwd', 'container'],
    ['node --test', 'container'],
    ['node missing.js', 'container'],
    // Whoever made it: what has a name in the repo is never run on the host.
    ['node link.js', 'container'],
    ['node src/../link.js', 'container'],
    ['node', 'container'],
    ['python3 -m http.server', 'container'],
    ['python3 -c "import sys" /etc/passwd', 'container'],
    ['node ../outside/tool.js', 'host'],
    ['node --no-warnings --require ./x.js ../outside/tool.js', 'host'],
    ['python3 /etc/passwd', 'host'],
  ])('%s runs in the %s', (command, place) => {
    expect(typed(command)).toBe(place);
  });
});

describe('a package that is fetched', () => {
  it.each([
    ['npx -y @x/agent@latest', 'host'],
    ['npx agent-cli --print x', 'host'],
    ['npm exec -- agent-cli@1.2.3', 'host'],
    ['npx create-thing agent-cli', 'container'],
    ['npm install @x/agent', 'container'],
    ['npm exec', 'container'],
  ])('%s runs in the %s', (command, place) => {
    expect(typed(command)).toBe(place);
  });
});

describe('what fetches', () => {
  it.each([
    ['curl localhost:3000/x', 'container'],
    ['curl -s -X POST -d "a=b" http://127.0.0.1:3000', 'container'],
    ['curl -s http://127.63.0.1:3000', 'container'],
    ['curl -s http://127.64.0.1:3000', 'host'],
    ['curl -s http://127.127.3.4:3000/x', 'host'],
    ['curl -s http://127.128.0.1:3000', 'container'],
    ['curl "http://[::1]:3000/"', 'container'],
    ['curl http://0.0.0.0:8080', 'container'],
    ['curl --url=http://localhost', 'container'],
    ['curl http://user:pass@localhost:1', 'container'],
    ['curl --version', 'container'],
    ['wget -qO- http://localhost:3000', 'container'],
    ['curl https://example.com', 'host'],
    ['curl https://example.com/?u=http://localhost:3000', 'host'],
    ['curl http://localhost.example.com', 'host'],
    ['curl http://app-main.localhost:3000', 'host'],
    ['wget https://example.com/localhost', 'host'],
  ])('%s runs in the %s', (command, place) => {
    expect(typed(command)).toBe(place);
  });
});

describe('a workspace’s own address', () => {
  const rules = { instance: '', reserved: [] };
  const addresses = Array.from({ length: 20 }, (_, index) =>
    chooseAddress({ name: `shop-${index}`, since: '2026-01-01T00:00:00Z' }, [], rules),
  );

  it('is fetched on the host, whichever it is', () => {
    // In one shell: each command is asked for by itself.
    const commands = addresses.map((address) => `curl -s http://${address}:3000/; echo`).join('; ');
    const result = spawnSync('/bin/bash', ['--norc', '-c', commands], {
      ...{ cwd: server.worktree, env: which, encoding: 'utf8' as const },
    });
    const places = result.stdout.split('\n').flatMap((line) => line.split('\t')[0] || []);
    expect(places).toEqual(addresses.map(() => 'host'));
  });
});

describe('by who starts it', () => {
  it.each([
    [['/bin/bash', '--norc', '-c']],
    [['/bin/sh', '-c']],
    [['/bin/dash', '-c']],
    [['/bin/dash', '-ec']],
    [['/usr/bin/env', 'bash', '-c']],
  ])('a command that %j is given is routed', (shell) => {
    expect(typed('npx x', { shell })).toBe('container');
    expect(typed('cd src && npx x', { shell })).toBe('container');
    expect(typed('timeout 5 npx x', { shell })).toBe('container');
    expect(typed('FOO=1 npx x', { shell })).toBe('container');
    expect(typed('cd src && FOO=1 npx x', { shell })).toBe('container');
    expect(typed('echo x | xargs npx', { shell })).toBe('container');
  });

  it('is routed where a shell became another program first', () => {
    expect(typed('env A=1 nice npx x', { shell: ['/bin/dash', '-c'] })).toBe('container');
    // As shells with the hooks do, whose number stays.
    expect(typed('export DUAL_SHELL=$$; exec env A=1 nice npx x')).toBe('container');
  });

  const node = `require('node:child_process').spawnSync(process.argv[1], process.argv.slice(2), {stdio: 'inherit'})`;
  const python = 'import subprocess, sys; subprocess.run(sys.argv[1:])';
  const agents: [string, string[]][] = [
    ['node', [process.execPath, '-e', node]],
    [
      'python',
      [
        execFileSync('/usr/bin/env', ['python3', '-c', 'import sys; print(sys.executable)'], {
          encoding: 'utf8',
        }).trim(),
        '-c',
        python,
      ],
    ],
  ];
  const started = (agent: string[], ...command: string[]): string =>
    spawnSync(agent[0]!, [...agent.slice(1), ...command], {
      cwd: server.worktree,
      env: which,
      encoding: 'utf8',
    }).stdout.split('\t')[0]!;

  it.each(agents)('what a program written in %s starts itself stays on the host', (_, agent) => {
    expect(started(agent, 'npx', 'some-server')).toBe('host');
    expect(started(agent, 'timeout', '5', 'npx', 'some-server')).toBe('host');
  });

  it.each(agents)('and so does what that starts in turn', (_, agent) => {
    const script = path.join(outside, 'npx');
    writeFileSync(script, '#!/bin/sh\nsh -c "node -v"; DUAL_BYPASS= node -v\n', { mode: 0o755 });
    const env = { ...server.env, PATH: `${path.dirname(server.shims)}/w/bin:${outside}:/usr/bin:/bin` };
    writeFileSync(path.join(outside, 'node'), '#!/bin/sh\necho host\n', { mode: 0o755 });
    const [file, ...args] = agent;
    const result = spawnSync(file!, [...args, 'npx'], { cwd: server.worktree, env, encoding: 'utf8' });
    expect(result.stdout.split('\n')[0]).toBe('host');
    expect(result.stdout.split('\n')[1]).not.toBe('host');
  });

  it.each(agents)('what a program written in %s gives to a shell is routed', (_, agent) => {
    expect(started(agent, '/bin/sh', '-c', 'npx x')).toBe('container');
    expect(started(agent, '/bin/bash', '-c', 'npx x')).toBe('container');
    expect(started(agent, '/bin/sh', '-c', 'timeout 5 npx x')).toBe('container');
    expect(started(agent, '/bin/bash', '-c', 'timeout 5 npx x')).toBe('container');
  });

  it.each(agents)('what the project names is routed for a program written in %s too', (_, agent) => {
    expect(started(agent, 'terraform', 'plan')).toBe('container');
  });

  it('a program that passes on a short environment of its own starts things on the host', () => {
    const { PATH, HOME } = process.env;
    const env = { HOME: HOME!, PATH: which['PATH'] ?? PATH!, TERM: 'dumb', DUAL_WHICH: '1' };
    const result = spawnSync('npx', ['some-server'], { cwd: server.worktree, env, encoding: 'utf8' });
    expect(result.stdout).toMatch(/^host\t/);
  });

  it('a git hook is the command of a person', () => {
    execFileSync('git', ['init', '-q'], { cwd: server.worktree });
    const hook = path.join(server.worktree, '.git/hooks/pre-commit');
    writeFileSync(hook, '#!/bin/sh\nnpx lint-staged >hook.out\nexit 1\n', { mode: 0o755 });
    spawnSync('git', ['-c', 'user.name=x', '-c', 'user.email=x@y', 'commit', '-qm', 'x', '--allow-empty'], {
      cwd: server.worktree,
      env: which,
    });
    expect(typed('/bin/cat hook.out')).toBe('container');
  });
});
