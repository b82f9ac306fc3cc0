import { spawn } from 'node:child_process';
import type { ExitStatus } from './exit-status.ts';
import { takeSignals } from './signals.ts';

export interface ForegroundCommand {
  file: string;
  args: readonly string[];
  env: Record<string, string | undefined>;
}

const FROM_TERMINAL: readonly NodeJS.Signals[] = ['SIGINT', 'SIGQUIT'];

/**
 * Runs a program with this process's own terminal, and ends as it did. Signals to this process are passed on, apart from those
 * that a terminal sends to the whole foreground group, which it has got already. @throws the error of a failed start
 */
export async function runInForeground(command: ForegroundCommand): Promise<ExitStatus> {
  const child = spawn(command.file, command.args, { env: command.env, stdio: 'inherit' });
  const giveBack = takeSignals([...FROM_TERMINAL, 'SIGTERM', 'SIGHUP'], (signal) => {
    if (!process.stdin.isTTY || !FROM_TERMINAL.includes(signal)) child.kill(signal);
  });
  try {
    return await new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code, signal) => resolve(signal ? { signal } : (code ?? 1)));
    });
  } finally {
    giveBack();
  }
}
