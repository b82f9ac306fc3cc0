import { setTimeout as delay } from 'node:timers/promises';
import type { Duplex } from 'node:stream';
import type { Workspace } from '../../../api/types.ts';
import { guestSocket } from '../../../config/paths.ts';
import { GuestError } from '../../../guest/errors.ts';
import { openTunnel } from '../../../guest/tunnel.ts';
import type { Context } from '../../shared/context.ts';
import { SilentExit } from '../../shared/errors.ts';
import { startProgress } from '../../shared/progress.ts';
import { awaitGuest, runnableWorkspace } from '../run/workspace.ts';
import { DEFAULT_TIMEOUT, hasMachine, isUnrequested } from '../workspace/state.ts';

/** Milliseconds between two tries of a port that is about to be listened on. */
const INTERVAL = 250;

/** How long services of a machine that has only just come up may take to listen, unless somebody says. Milliseconds. */
export const PATIENCE = 60_000;

interface Wanted {
  port: number;
  /** Milliseconds for all of it. Left out: DEFAULT_TIMEOUT for the machine, and PATIENCE for the port. */
  timeout: number | undefined;
}

/**
 * A raw connection to that port of the Workspace's machine, which is made real and waited for where that is needed.
 * @throws GuestError PortRefused  @throws CliError with the remedy
 */
export async function openPort(context: Context, workspace: Workspace, wanted: Wanted): Promise<Duplex> {
  const { port, timeout } = wanted;
  const end = timeout === undefined ? undefined : context.clock.now() + timeout;
  const isNew = isUnrequested(workspace) || !hasMachine(workspace);
  const patience = timeout ?? DEFAULT_TIMEOUT;
  const running = await runnableWorkspace(context, { name: workspace.metadata.name, timeout: patience });
  try {
    return await dial(context, running, port);
  } catch (error) {
    if (isRefusal(error, 'PortRefused') && isNew) return untilListening(context, running, { port, end });
    if (!isRefusal(error, 'Unreachable')) throw error;
  }
  // It has just died, and is being put back.
  return untilListening(context, await awaitGuest(context, running, patience), { port, end });
}

async function untilListening(
  context: Context,
  workspace: Workspace,
  { port, end }: { port: number; end: number | undefined },
): Promise<Duplex> {
  const interruption = context.interruption();
  const deadline = end ?? context.clock.now() + PATIENCE;
  const progress = await startProgress(context, `${workspace.metadata.name}: waiting for port ${port}`);
  try {
    while (context.clock.now() < deadline) {
      const tunnel = await dialIfListening(context, workspace, port);
      if (tunnel) return tunnel;
      if (interruption.aborted) throw new SilentExit(130);
      await delay(INTERVAL);
    }
    return await dial(context, workspace, port);
  } finally {
    progress.stop();
  }
}

async function dialIfListening(context: Context, workspace: Workspace, port: number): Promise<Duplex | undefined> {
  try {
    return await dial(context, workspace, port);
  } catch (error) {
    if (isRefusal(error, 'PortRefused')) return undefined;
    throw error;
  }
}

function dial({ paths }: Context, { metadata }: Workspace, port: number): Promise<Duplex> {
  return openTunnel({ socket: guestSocket(paths, metadata.uid) }, port);
}

function isRefusal(error: unknown, code: GuestError['code']): boolean {
  return error instanceof GuestError && error.code === code;
}
