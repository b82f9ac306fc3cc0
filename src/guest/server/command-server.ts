import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import path from 'node:path';
import type { User } from '../../drivers/container/driver.ts';
import { findProgram } from '../../exec/find-program.ts';
import type { Environment } from './environment.ts';

/** Milliseconds after which it is started again. */
const RESTART_DELAY = 500;

interface CommandServerOptions {
  user: User;
  /** What every command starts from. */
  env: Environment;
  /** Where it makes its socket, open. */
  directory: number;
  complain(error: Error): void;
}

/**
 * Keeps the server running that starts the commands of the host's shims (src/guest/command-server.pl). A machine without Perl has none: its
 * commands come by `/v1/exec` alone.
 */
export function startCommandServer(options: CommandServerOptions): { stop(): Promise<void> } {
  const perl = findProgram('perl', options.env, ['/usr/bin', '/bin']);
  if (perl === undefined) return { stop: () => Promise.resolve() };
  let stopping = false;
  let restart: NodeJS.Timeout | undefined;
  let server = launch();

  function launch(): ChildProcess {
    const { user, env, directory } = options;
    // -t: no library that PERL5LIB names.
    const args = [
      '-tX',
      path.join(import.meta.dirname, 'command-server.pl'),
      `${user.uid}`,
      `${user.gid}`,
      process.arch,
    ];
    const child = spawn(perl!, args, { cwd: '/', env, stdio: ['ignore', 'ignore', 'inherit', directory] });
    child.once('error', options.complain);
    child.once('exit', (code, signal) => {
      if (stopping) return;
      options.complain(new Error(`the command server has ended: ${signal ?? code}`));
      restart = setTimeout(() => (server = launch()), RESTART_DELAY);
    });
    return child;
  }

  return {
    stop() {
      stopping = true;
      clearTimeout(restart);
      if (server.exitCode !== null || server.signalCode !== null || !server.kill('SIGTERM')) return Promise.resolve();
      return new Promise((resolve) => server.once('exit', () => resolve()));
    },
  };
}
