import type { Context } from '../../shared/context.ts';
import { CliError } from '../../shared/errors.ts';
import { timeoutOption, type Configure } from '../command.ts';
import type { ExitStatus } from '../exit-status.ts';
import { runInWorkspace } from '../run/run-in-workspace.ts';
import { DEFAULT_TIMEOUT } from '../workspace/state.ts';

export const configureShell: Configure = (command, context, run) => {
  command
    .argument('[workspace]', "default: the current directory's")
    .addOption(timeoutOption(DEFAULT_TIMEOUT))
    .action(run((name: string | undefined, options: { timeout: number }) => shell(context, name, options)));
};

/** The user's shell as the machine has it, else the best there is. No login shell: those set PATH anew, without the project's tools. */
const SHELL = `shell=$(getent passwd "$(id -u)" 2>/dev/null | cut -d: -f7)
[ -x "$shell" ] || shell=$(command -v bash) || shell=/bin/sh
exec "$shell"`;

/** An interactive shell inside the machine. */
export async function shell(
  context: Context,
  name: string | undefined,
  options: { timeout: number },
): Promise<ExitStatus> {
  if (!context.stdin.isTTY || !context.stdout.isTTY) {
    throw new CliError('dual shell needs a terminal; to run a script: dual run -- sh -c SCRIPT');
  }
  return runInWorkspace(context, { name, timeout: options.timeout }, { argv: ['sh', '-c', SHELL], env: [] });
}
