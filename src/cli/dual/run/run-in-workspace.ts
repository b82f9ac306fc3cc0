import type { Workspace } from '../../../api/types.ts';
import { GuestError } from '../../../guest/errors.ts';
import type { ExecResult } from '../../../guest/protocol.ts';
import type { Context } from '../../shared/context.ts';
import type { ExitStatus } from '../exit-status.ts';
import { execInWorkspace, type GuestCommand } from './exec.ts';
import { statusOf } from './result.ts';
import { awaitGuest, runnableWorkspace, type Target } from './workspace.ts';

/** Runs a command in a Workspace's machine, from finding the Workspace to how it ended. */
export async function runInWorkspace(context: Context, target: Target, command: GuestCommand): Promise<ExitStatus> {
  const workspace = await runnableWorkspace(context, target);
  const result = await exec(context, { workspace, timeout: target.timeout }, command);
  return statusOf(context, result);
}

async function exec(
  context: Context,
  { workspace, timeout }: { workspace: Workspace; timeout: number },
  command: GuestCommand,
): Promise<ExecResult> {
  try {
    return await execInWorkspace(context, workspace, command);
  } catch (error) {
    // Nothing has been started yet, so it may be tried again.
    if (!(error instanceof GuestError) || error.code !== 'Unreachable') throw error;
  }
  return execInWorkspace(context, await awaitGuest(context, workspace, timeout), command);
}
