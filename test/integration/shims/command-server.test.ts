import { spawn, spawnSync } from 'node:child_process';
import type { ChildProcess, SpawnSyncReturns } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startCommandServer } from '../../support/command-server.ts';
import type { CommandServer } from '../../support/command-server.ts';
import { eventually } from '../../support/eventually.ts';
import { isRunning } from '../../support/processes.ts';

let server: CommandServer;

beforeAll(async () => {
  server = await startCommandServer(['perl', 'cat', 'readlink', 'nothing-of-that-name']);
});
afterAll(() => server.stop());

function shell(
  script: string,
  options: { input?: string | Buffer; env?: Record<string, string> } = {},
): SpawnSyncReturns<Buffer> {
  const env = { ...server.env, ...options.env };
  return spawnSync('/bin/bash', ['--norc', '-c', script], {
    cwd: server.worktree,
    env,
    input: options.input ?? '',
    maxBuffer: 2 ** 28,
  });
}

function output(script: string, options?: Parameters<typeof shell>[1]): string {
  return shell(script, options).stdout.toString();
}

/** Starts it in the background of this process. */
function start(script: string): ChildProcess {
  return spawn('/bin/bash', ['--norc', '-c', script], {
    cwd: server.worktree,
    env: server.env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}

async function firstLine(child: ChildProcess): Promise<string> {
  let text = '';
  for await (const chunk of child.stdout!) {
    text += String(chunk);
    if (text.includes('\n')) break;
  }
  return text.trim();
}

describe('a command by its shim', () => {
  it('is another process than the shim, in the same directory, with the same umask', () => {
    const script = `umask 027; perl -e 'printf "%s %03o %d", $ENV{PWD}, umask, getppid == ${server.pid}'; :`;
    expect(output(script)).toBe(`${server.worktree} 027 0`);
    expect(output(`perl -e 'open F, "<", "/proc/".getppid."/stat"; print +(split / /, <F>)[3]'`)).toBe(`${server.pid}`);
  });

  it.each([0, 1, 2, 42, 126, 127, 128, 130, 255])('ends with its exit code %i', (code) => {
    expect(shell(`perl -e 'exit ${code}'`).status).toBe(code);
  });

  it.each(['TERM', 'KILL', 'INT', 'SEGV', 'ABRT', 'PIPE', 'USR1'])('dies of its signal %s', (signal) => {
    const { stdout } = shell(`perl -e 'kill ${signal} => $$; sleep 9'; echo $?`);
    const { signal: own } = spawnSync('/bin/bash', ['--norc', '-c', `exec perl -e 'kill ${signal} => $$; sleep 9'`], {
      cwd: server.worktree,
      env: server.env,
    });
    expect(own).toBe(`SIG${signal}`);
    expect(Number(stdout.toString())).toBeGreaterThan(128);
  });

  it('says what a shell says of what is not there', () => {
    const { status, stderr } = shell('nothing-of-that-name --version');
    expect(status).toBe(127);
    expect(stderr.toString()).toBe('nothing-of-that-name: command not found\n');
  });

  it('gets every argument as it is', () => {
    const args = [
      '',
      ' ',
      'a b',
      "'",
      '"',
      '\\',
      '$HOME',
      '*',
      '-',
      '--',
      '\n',
      '日本 🎉',
      '\u0001\u007f',
      'x'.repeat(100_000),
    ];
    const { stdout } = spawnSync(
      '/bin/bash',
      ['--norc', '-c', 'perl -e \'print join "\\0", @ARGV\' -- "$@"', 'bash', ...args],
      { cwd: server.worktree, env: server.env, maxBuffer: 2 ** 20 },
    );
    expect(stdout.toString().split('\0')).toEqual(args);
  });

  it('gets the variables of its caller, less those that are about the host', () => {
    const env = {
      ODD: 'a=b\nc',
      EMPTY: '',
      SSH_AUTH_SOCK: '/x',
      TMUX: 'x',
      NVM_BIN: '/x',
      NODE_OPTIONS: '--require /no/such/file',
    };
    const script = `perl -e 'print join "|", map { $ENV{$_} // "unset" } qw(ODD EMPTY SSH_AUTH_SOCK TMUX NVM_BIN NODE_OPTIONS)'`;
    expect(output(script, { env })).toBe('a=b\nc||unset|unset|unset|unset');
  });
});

describe('its input and output', () => {
  it('are its caller’s own files: nothing is read ahead', () => {
    writeFileSync(path.join(server.worktree, 'lines'), '1\n2\n3\n');
    expect(output(`{ perl -e 'sysread STDIN, $_, 2; print'; /bin/cat; } <lines`)).toBe('1\n2\n3\n');
    expect(output(`while read -r line; do perl -e 'print "<@ARGV>"' "$line"; done <lines`)).toBe('<1><2><3>');
  });

  it('carry any bytes, and as many as there are', () => {
    const bytes = Buffer.alloc(8 * 1024 * 1024, Buffer.from(Array.from({ length: 256 }, (_, index) => index)));
    expect(shell('cat | cat', { input: bytes }).stdout.equals(bytes)).toBe(true);
  });

  it('are copied where they are files that the machine does not have', () => {
    const outside = path.join(path.dirname(server.worktree), 'outside.txt');
    writeFileSync(outside, 'first\nsecond\n');
    expect(output(`readlink /proc/self/fd/0 <'${outside}'`)).toMatch(/^pipe:/);
    expect(output(`cat <'${outside}'`)).toBe('first\nsecond\n');
    expect(output(`cat <lines >'${outside}'; /bin/cat '${outside}'`)).toBe('1\n2\n3\n');
    expect(output(`cat <lines >>'${outside}'; /bin/cat '${outside}'`)).toBe('1\n2\n3\n1\n2\n3\n');
  });

  it('are no directories', () => {
    expect(output('readlink /proc/self/fd/0 <.; echo $?')).toBe('1\n');
  });

  it('beyond the three are pipes and files', () => {
    expect(output('cat /dev/fd/7 7<lines')).toBe('1\n2\n3\n');
    expect(output('cat <(echo a) <(echo b)')).toBe('a\nb\n');
    expect(output('readlink /proc/self/fd/7 7<.; echo $?')).toBe('1\n');
    expect(output('readlink /proc/self/fd/7 7<>/dev/ptmx; echo $?')).toBe('1\n');
  });

  it('stay closed where they were', () => {
    expect(shell('readlink /proc/self/fd/0 <&-').status).toBe(1);
    expect(shell('readlink /proc/self/fd/1 >&-').status).toBe(1);
  });

  it('break as pipes do', () => {
    expect(output(`perl -e '$| = 1; print "x\n" while 1' | head -1; echo "\${PIPESTATUS[0]}"`)).toBe('x\n141\n');
  });
});

describe('signals', () => {
  it('that the shim gets reach the command', async () => {
    const child = start(
      `exec perl -e '$| = 1; $SIG{USR1} = sub { exit 7 }; $SIG{TERM} = sub { exit 8 }; print "$$\n"; sleep 1 while 1'`,
    );
    await firstLine(child);
    child.kill('SIGUSR1');
    expect(await once(child, 'exit')).toEqual([7, null]);
  });

  it('that are ignored stay ignored', async () => {
    const child = start(`trap '' TERM; exec perl -e '$| = 1; print "$SIG{TERM}\n"; sleep 9'`);
    expect(await firstLine(child)).toBe('IGNORE');
    child.kill('SIGKILL');
    await once(child, 'exit');
  });

  it('end what a command started when its caller is killed', async () => {
    const child = start(`exec perl -e '$| = 1; system(q(setsid sleep 98 & sleep 99 &)); print "$$\\n"; sleep 97'`);
    await firstLine(child);
    const pids = (): number[] =>
      spawnSync('pgrep', ['-f', '^sleep 9[89]$'], { encoding: 'utf8' }).stdout.split('\n').filter(Boolean).map(Number);
    await eventually(() => expect(pids()).toHaveLength(2));
    const started = pids();
    child.kill('SIGKILL');
    await eventually(async () => {
      for (const pid of started) expect(await isRunning(pid)).toBe(false);
    });
  });
});
