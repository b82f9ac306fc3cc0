import type { User } from '../../drivers/container/driver.ts';
import type { ExecRequest } from '../protocol.ts';

export type Environment = Record<string, string>;

/** Of whichever shell started the guest. */
const OF_A_SHELL = new Set(['_', 'OLDPWD', 'SHLVL']);

/** What every command starts from: the machine's environment with the user's own account in it. */
export function baseEnvironment(env: NodeJS.ProcessEnv, user: User, shell: string): Environment {
  const account = { HOME: user.home, USER: user.name, LOGNAME: user.name, SHELL: shell };
  const entries = Object.entries({ ...env, ...account }).filter(
    (entry): entry is [string, string] => entry[1] !== undefined && !OF_A_SHELL.has(entry[0]),
  );
  return Object.fromEntries(entries);
}

/** The request's own variables win. */
export function commandEnvironment(base: Environment, request: ExecRequest): Environment {
  const own: Environment = { PWD: request.cwd, ...(request.tty && { TERM: request.tty.term }) };
  return { ...base, ...own, ...request.env };
}

/** What a shell on the host has as well, or has not for a reason. */
const OF_THE_CALLER = /^(HOME|USER|LOGNAME|SHELL|PWD|LANG|LANGUAGE|LC_\w+)$/;

/** What a command of the host's shims starts from, to which its caller's own environment comes: what is the machine's alone. */
export function machineEnvironment(base: Environment, own: readonly string[] | undefined): Environment {
  const entries = Object.entries(base).filter(([name]) => (own ? own.includes(name) : !OF_THE_CALLER.test(name)));
  return Object.fromEntries(entries);
}
