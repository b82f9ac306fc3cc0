import type { Context } from '../../shared/context.ts';
import { reportError } from '../../shared/errors.ts';
import type { ExitStatus } from '../exit-status.ts';
import { parseRunOptions } from '../run/options.ts';
import { runInWorkspace } from '../run/run-in-workspace.ts';
import { DEFAULT_TIMEOUT } from '../workspace/state.ts';

/** Dual itself failed, and not the command; as with env(1) and timeout(1). */
const OWN_FAILURE = 125;

/** `dual run`: ends as the command does. */
export async function run(context: Context, args: readonly string[]): Promise<ExitStatus> {
  try {
    const { workspace, timeout = DEFAULT_TIMEOUT, help, host, ...command } = parseRunOptions(args);
    if (help) return await showHelp(context);
    if (host) return await onHost(context, command.argv);
    return await runInWorkspace(context, { name: workspace, timeout }, command);
  } catch (error) {
    const code = reportError(error, context.stderr);
    return code === 1 ? OWN_FAILURE : code;
  }
}

async function onHost(context: Context, argv: readonly string[]): Promise<ExitStatus> {
  const { runOnHost } = await import('../run/run-on-host.ts');
  return runOnHost(context, argv);
}

async function showHelp(context: Context): Promise<ExitStatus> {
  const { dualProgram } = await import('../program.ts');
  return dualProgram({ ...context, args: ['run', '--help'] });
}
