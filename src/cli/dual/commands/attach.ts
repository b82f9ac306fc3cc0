import { withClient } from '../../shared/connect.ts';
import type { Context } from '../../shared/context.ts';
import { CliError } from '../../shared/errors.ts';
import { timeoutOption, type Configure } from '../command.ts';
import type { ExitStatus } from '../exit-status.ts';
import { runInForeground } from '../foreground.ts';
import { attachCommand } from '../session-driver.ts';
import { findWorkspace } from '../workspace/find.ts';
import { requestWorkspace } from '../workspace/request.ts';
import { DEFAULT_TIMEOUT, hasSession } from '../workspace/state.ts';

export interface AttachOptions {
  /** Milliseconds. */
  timeout: number;
}

export const configureAttach: Configure = (command, context, run) => {
  command
    .argument('[workspace]', "default: the current directory's")
    .addOption(timeoutOption(DEFAULT_TIMEOUT))
    .addHelpText('after', '\nDetach with C-b d (C-b ? shows all keys).')
    .action(run((name: string | undefined, options: AttachOptions) => attach(context, name, options)));
};

/** Puts the user's terminal into the session of the named Workspace, or of the current directory's. */
export async function attach(context: Context, name: string | undefined, options: AttachOptions): Promise<ExitStatus> {
  if (!context.stdin.isTTY || !context.stdout.isTTY) throw new CliError('dual attach needs a terminal');
  const workspace = await withClient(context, async (client) => {
    const found = await findWorkspace(client, context, name);
    return requestWorkspace(context, client, {
      workspace: found,
      need: { isThere: hasSession, timeout: options.timeout },
    });
  });
  const session = workspace.status?.session;
  const { file, args, env } = attachCommand(context, {
    backend: session?.backend,
    name: session?.name ?? workspace.metadata.name,
  });
  // Inside tmux already: this is another server, so nesting is wanted.
  const { TMUX: _server, TMUX_PANE: _pane, ...outer } = context.env;
  return runInForeground({ file, args, env: { ...outer, ...env } });
}
