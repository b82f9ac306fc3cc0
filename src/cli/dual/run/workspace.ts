import { setTimeout as delay } from 'node:timers/promises';
import type { Workspace } from '../../../api/types.ts';
import { guestSocket } from '../../../config/paths.ts';
import { GuestError } from '../../../guest/errors.ts';
import { handshake } from '../../../guest/handshake.ts';
import { withClient } from '../../shared/connect.ts';
import type { Context } from '../../shared/context.ts';
import { CliError, SilentExit } from '../../shared/errors.ts';
import { findWorkspace, getWorkspace } from '../workspace/find.ts';
import { hasMachine, isUnrequested, refuseUnusable } from '../workspace/state.ts';
import { createReader } from './reader.ts';

export interface Target {
  /** The current directory's when left out. */
  name?: string | undefined;
  /** Milliseconds to wait for its machine. */
  timeout: number;
}

/** The Workspace to run in, with its machine there: made real and waited for where that is needed. @throws CliError with the remedy */
export async function runnableWorkspace(context: Context, target: Target): Promise<Workspace> {
  const workspace = await readWorkspace(context, target.name);
  refuseUnusable(workspace);
  if (!isUnrequested(workspace) && (await isRunnable(context, workspace))) return workspace;
  const { requestWorkspace } = await import('../workspace/request.ts');
  const need = { isThere: hasMachine, timeout: target.timeout };
  return withClient(context, (client) => requestWorkspace(context, client, { workspace, need }));
}

/** What a status says lags a little behind: panes are started as soon as the machine answers. */
async function isRunnable(context: Context, workspace: Workspace): Promise<boolean> {
  if (hasMachine(workspace)) return true;
  return workspace.status?.clone?.path !== undefined && answers(context, workspace);
}

async function readWorkspace(context: Context, name: string | undefined): Promise<Workspace> {
  try {
    return await findWorkspace(createReader(context.paths.apiSocket), context, name);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'ENOENT' && code !== 'ECONNREFUSED') throw error;
  }
  // No daemon runs, so it is started.
  return withClient(context, (client) => findWorkspace(client, context, name));
}

/** Milliseconds between two looks at a machine that is coming up. */
const INTERVAL = 250;

/** What dies is repaired within seconds; a machine that is silent for longer than this has another problem. Milliseconds. */
const PATIENCE = 60_000;

/** For a machine that is said to be there and does not answer: it has just died, or has just been started. Gives it once it answers. */
export async function awaitGuest(context: Context, workspace: Workspace, timeout: number): Promise<Workspace> {
  const { startProgress } = await import('../../shared/progress.ts');
  const { name } = workspace.metadata;
  const reader = createReader(context.paths.apiSocket);
  const interruption = context.interruption();
  const deadline = context.clock.now() + Math.min(timeout, PATIENCE);
  const progress = await startProgress(context, `${name}: waiting for its machine to answer`);
  try {
    for (;;) {
      const current = await getWorkspace(reader, context, name);
      refuseUnusable(current);
      if (await answers(context, current)) return current;
      if (interruption.aborted) throw new SilentExit(130);
      if (context.clock.now() >= deadline)
        throw new CliError(
          `the machine of workspace "${name}" does not answer; see: dualctl describe workspace ${name}`,
        );
      await delay(INTERVAL);
    }
  } finally {
    progress.stop();
  }
}

async function answers(context: Context, workspace: Workspace): Promise<boolean> {
  try {
    await handshake({ socket: guestSocket(context.paths, workspace.metadata.uid) });
    return true;
  } catch (error) {
    if (error instanceof GuestError && error.code === 'Unreachable') return false;
    throw error;
  }
}
