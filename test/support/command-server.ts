import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { packageRoot } from '../../src/config/package-root.ts';
import { eventually } from './eventually.ts';

export interface CommandServer {
  pid: number;
  worktree: string;
  /** Directory of the shims: `bin/NAME`, `workspace`. */
  shims: string;
  /** With the shims in front of PATH, and nothing of a workspace that these tests may run in. */
  env: Record<string, string>;
  stop(): Promise<void>;
}

/** A command server on this machine and shims for it, with no guest and no daemon: "inside" is the machine itself. */
export async function startCommandServer(
  names: string[],
  settings: Record<string, string> = {},
): Promise<CommandServer> {
  const directory = realpathSync(mkdtempSync(path.join(os.tmpdir(), 'dual-')));
  const at = (name: string): string => path.join(directory, name);
  for (const name of ['run', 'shims/w/bin', 'worktree']) mkdirSync(at(name), { recursive: true });
  const sources = path.join(packageRoot(), 'src');
  for (const name of names) symlinkSync(path.join(sources, 'shims/shim.pl'), at(`shims/w/bin/${name}`));
  const values = {
    name: 'w',
    worktree: at('worktree'),
    socket: at('run/c'),
    arch: process.arch,
    log: at('log'),
    // Whoever starts them: these tests do so themselves.
    container: names.join(' '),
    ...settings,
  };
  writeFileSync(
    at('shims/w/workspace'),
    Object.entries(values)
      .map((entry) => `${entry.join(' ')}\n`)
      .join(''),
  );
  const held = openSync(at('run'), 'r');
  const { uid, gid } = os.userInfo();
  const server = spawn(
    'perl',
    ['-tX', path.join(sources, 'guest/command-server.pl'), `${uid}`, `${gid}`, process.arch],
    {
      stdio: ['ignore', 'ignore', 'inherit', held],
      cwd: '/',
    },
  );
  closeSync(held);
  const exited = once(server, 'exit');
  await eventually(() => {
    if (!existsSync(values.socket)) throw new Error('the command server does not listen yet');
  });
  return {
    pid: server.pid ?? 0,
    worktree: values.worktree,
    shims: at('shims/w'),
    env: shimEnvironment(at('shims/w/bin')),
    async stop() {
      server.kill('SIGTERM');
      await exited;
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

function shimEnvironment(bin: string): Record<string, string> {
  const own = Object.entries(process.env).filter(
    (entry): entry is [string, string] => entry[1] !== undefined && !/^(DUAL_|BASH_ENV|ENV$|ZDOTDIR)/.test(entry[0]),
  );
  return { ...Object.fromEntries(own), PATH: `${bin}:${process.env['PATH'] ?? ''}` };
}
