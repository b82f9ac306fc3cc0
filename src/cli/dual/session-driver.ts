import path from 'node:path';
import { packageRoot } from '../../config/package-root.ts';
import { attachTo } from '../../drivers/session/basic/attach-command.ts';
import type { AttachCommand } from '../../drivers/session/driver.ts';
import { createTmuxDriver } from '../../drivers/session/tmux/tmux.ts';
import { silentLog } from '../../log/log.ts';
import type { Context } from '../shared/context.ts';
import { CliError } from '../shared/errors.ts';

type Attach = (context: Context, session: string) => AttachCommand;

/** By `status.session.backend`. Which sessions are this install's only the daemon knows; here they are only attached to. */
const BACKENDS: Record<string, Attach> = {
  tmux(context, session) {
    const env = () => Promise.resolve(definedOf(context.env));
    return createTmuxDriver({ socket: context.paths.tmuxSocket, install: '', env, log: silentLog }).attach(session);
  },
  basic(context, session) {
    const program = path.join(packageRoot(), 'dist/sessions-attach.js');
    return attachTo({ socket: context.paths.sessionSocket, attachCommand: [process.execPath, program] }, session);
  },
};

/** What the person's terminal has to run to be in that session. @throws CliError for an unknown backend */
export function attachCommand(context: Context, session: { backend: string | undefined; name: string }): AttachCommand {
  const attach = BACKENDS[session.backend ?? ''];
  if (attach) return attach(context, session.name);
  throw new CliError(`this version of dual does not know the session backend "${session.backend ?? 'none'}"`);
}

function definedOf(env: Context['env']): Record<string, string> {
  return Object.fromEntries(Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined));
}
