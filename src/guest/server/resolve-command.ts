import { accessSync, constants, statSync } from 'node:fs';
import path from 'node:path';
import type { ExecResult } from '../protocol.ts';

export type Failure = Extract<ExecResult, { failed: string }>;

/**
 * Why a command cannot be started, in a shell's words, or undefined when it can. To be asked with the rights of the user who would run it: the system's
 * own answer does not tell a missing program from a missing directory.
 */
export function findFailure(command: string, cwd: string, searchPath: string | undefined): Failure | undefined {
  return cwdFailure(cwd) ?? programFailure(command, cwd, searchPath ?? '/usr/local/bin:/usr/bin:/bin');
}

/** What a failed start means, by its error code. */
export function startFailure(error: NodeJS.ErrnoException, command: string): Failure {
  const known = (['ENOENT', 'EACCES', 'ENOTDIR', 'E2BIG'] as const).find((code) => code === error.code);
  if (known === 'E2BIG') return { failed: 'E2BIG', message: `${command}: argument list too long` };
  return { failed: known ?? 'EACCES', message: `${command}: ${error.message}` };
}

function cwdFailure(cwd: string): Failure | undefined {
  try {
    if (!statSync(cwd).isDirectory()) return { failed: 'ENOTDIR', message: `${cwd}: not a directory` };
    accessSync(cwd, constants.X_OK);
    return undefined;
  } catch (error) {
    if (codeOf(error) === 'EACCES') return { failed: 'EACCES', message: `${cwd}: permission denied` };
    return { failed: 'ENOTDIR', message: `${cwd}: no such directory in the machine` };
  }
}

function programFailure(command: string, cwd: string, searchPath: string): Failure | undefined {
  const named = command.includes('/');
  const candidates = named
    ? [path.resolve(cwd, command)]
    : searchPath.split(':').map((directory) => path.resolve(cwd, directory, command));
  const states = command === '' ? [] : candidates.map(executable);
  if (states.includes('yes')) return undefined;
  if (states.includes('denied')) return { failed: 'EACCES', message: `${command}: permission denied` };
  return { failed: 'ENOENT', message: `${command}: ${named ? 'no such file or directory' : 'command not found'}` };
}

function executable(file: string): 'yes' | 'denied' | 'missing' {
  try {
    if (statSync(file).isDirectory()) return 'denied';
    accessSync(file, constants.X_OK);
    return 'yes';
  } catch (error) {
    return codeOf(error) === 'EACCES' ? 'denied' : 'missing';
  }
}

function codeOf(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException).code;
}
