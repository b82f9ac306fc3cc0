import type { SessionDriver } from '../../drivers/session/driver.ts';
import { createTmuxDriver } from '../../drivers/session/tmux/tmux.ts';
import { silentLog } from '../../log/log.ts';
import type { Context } from '../shared/context.ts';
import { CliError } from '../shared/errors.ts';

/** What holds the sessions of that backend, for `attach` alone: which of them are this install's only the daemon knows. */
export function sessionDriver(context: Context, backend: string | undefined): Pick<SessionDriver, 'attach'> {
  if (backend !== 'tmux')
    throw new CliError(`this version of dual does not know the session backend "${backend ?? 'none'}"`);
  const env = Object.fromEntries(
    Object.entries(context.env).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
  return createTmuxDriver({
    socket: context.paths.tmuxSocket,
    install: '',
    env: () => Promise.resolve(env),
    log: silentLog,
  });
}
