import { accessSync, constants } from 'node:fs';
import { userInfo } from 'node:os';

/** What the terminals are said to be: most programs know it, and most terminals are near enough. */
const TERM = 'xterm-256color';
/** True of another terminal. */
const NOT_INHERITED = ['COLUMNS', 'LINES', 'TMUX', 'TMUX_PANE', 'STY', 'OLDPWD'];

/**
 * Closes what this process has open besides: the addon that makes terminals lets every program have the other programs' terminals.
 * Takes a shell that knows descriptors above 9.
 */
const CLOSE_OTHERS = 'for fd in /proc/self/fd/*; do fd=${fd##*/}; [ "$fd" -le 2 ] || eval "exec $fd>&-"; done';
/** A command that is not there ends with 127 and says so, as it would in a shell. */
const RUN = 'exec "$@"';

/** A program for a pane as an argument array. Without a command, the user's login shell. */
export function programOf(command: readonly string[], env: Readonly<Record<string, string>>): string[] {
  const argv = command.length > 0 ? command : [loginShell(env), '-l'];
  const bash = findBash();
  // -p: reads no file that the environment names.
  if (bash) return [bash, '-p', '-c', `${CLOSE_OTHERS}\n${RUN}`, 'sh', ...argv];
  return ['/bin/sh', '-c', RUN, 'sh', ...argv];
}

/** @param session tells the programs of a session where they are */
export function environmentOf(
  env: Readonly<Record<string, string>>,
  place: { cwd: string; session: string },
): Record<string, string> {
  const kept = Object.entries(env).filter(([name]) => !NOT_INHERITED.includes(name));
  return { ...Object.fromEntries(kept), TERM, PWD: place.cwd, DUAL_SESSION: place.session };
}

function loginShell(env: Readonly<Record<string, string>>): string {
  return env['SHELL'] || userInfo().shell || '/bin/sh';
}

function findBash(): string | undefined {
  return ['/bin/bash', '/usr/bin/bash', '/usr/local/bin/bash'].find(isExecutable);
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'EACCES' || code === 'ENOTDIR') return false;
    throw error;
  }
}
