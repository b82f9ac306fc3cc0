import type { User } from '../../drivers/container/driver.ts';
import type { ExecRequest } from '../protocol.ts';

export type Environment = Record<string, string>;

/** What every command starts from: the machine's environment with the user's own account in it. */
export function baseEnvironment(env: NodeJS.ProcessEnv, user: User, shell: string): Environment {
  const account = { HOME: user.home, USER: user.name, LOGNAME: user.name, SHELL: shell };
  const entries = Object.entries({ ...env, ...account }).filter(
    (entry): entry is [string, string] => entry[1] !== undefined,
  );
  return Object.fromEntries(entries);
}

/** The request's own variables win. */
export function commandEnvironment(base: Environment, request: ExecRequest): Environment {
  const { OLDPWD: _, ...rest } = base;
  const own: Environment = { PWD: request.cwd, ...(request.tty && { TERM: request.tty.term }) };
  return { ...rest, ...own, ...request.env };
}
