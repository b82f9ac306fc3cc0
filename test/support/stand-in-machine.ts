import { spawn } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync } from 'node:fs';
import path from 'node:path';
import { packageRoot } from '../../src/config/package-root.ts';
import { eventually } from './eventually.ts';

export interface StandInMachine {
  socket: string;
  stop(): Promise<void>;
}

/** The server of a machine that is this very host, as far as files go; its commands start from that environment. */
export async function startStandInMachine(directory: string, env: Record<string, string>): Promise<StandInMachine> {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const socket = path.join(directory, 'c');
  const script = path.join(packageRoot(), 'src/guest/command-server.pl');
  const ids = [process.getuid!(), process.getgid!()].map(String);
  const fd = openSync(directory, 'r');
  const server = spawn('/usr/bin/perl', [script, ...ids, process.arch], {
    cwd: '/',
    env,
    stdio: ['ignore', 'ignore', 'inherit', fd],
  });
  closeSync(fd);
  const ended = new Promise<void>((resolve) => server.once('exit', () => resolve()));
  await eventually(() => {
    if (!existsSync(socket)) throw new Error('the command server does not listen yet');
  });
  return {
    socket,
    async stop() {
      server.kill('SIGKILL');
      await ended;
    },
  };
}
