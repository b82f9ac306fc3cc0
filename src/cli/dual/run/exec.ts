import type { Readable, Writable } from 'node:stream';
import type { Workspace } from '../../../api/types.ts';
import { guestSocket } from '../../../config/paths.ts';
import { execInGuest, type ExecStreams } from '../../../guest/exec-client.ts';
import type { ExecRequest, ExecResult } from '../../../guest/protocol.ts';
import type { Context } from '../../shared/context.ts';
import { takeSignals } from '../signals.ts';
import { commandDirectory } from './directory.ts';
import { commandEnvironment } from './environment.ts';
import { enterRawMode, onResize, sizeOf, terminalOf, type Terminal } from './terminal.ts';

export interface GuestCommand {
  argv: string[];
  /** As with `-e`. */
  env: string[];
  cwd?: string | undefined;
}

/** What a person or a shell sends to end or to nudge a command. A terminal in raw mode sends none by itself. */
const SIGNALS: readonly NodeJS.Signals[] = ['SIGINT', 'SIGQUIT', 'SIGTERM', 'SIGHUP', 'SIGUSR2'];

/** Runs it in the Workspace's machine with the caller's own streams. @throws GuestError, CliError */
export async function execInWorkspace(
  context: Context,
  workspace: Workspace,
  command: GuestCommand,
): Promise<ExecResult> {
  const terminal = terminalOf(context);
  const request: ExecRequest = {
    argv: command.argv,
    cwd: await commandDirectory(workspace, { cwd: context.cwd, option: command.cwd }),
    env: commandEnvironment(context.env, command.env),
    umask: process.umask(),
    ...(terminal && { tty: { ...sizeOf(terminal), term: context.env['TERM'] ?? 'xterm' } }),
  };
  // Whoever read the output may go; that is for the command to hear of, by a broken pipe, and no reason to end here.
  context.stdout.removeAllListeners('error').on('error', () => undefined);
  const leaveRawMode = terminal ? enterRawMode(terminal) : undefined;
  try {
    return await execInGuest(
      { socket: guestSocket(context.paths, workspace.metadata.uid) },
      request,
      streams(context, terminal),
    );
  } finally {
    leaveRawMode?.();
  }
}

function streams(context: Context, terminal: Terminal | undefined): ExecStreams {
  return {
    stdin: context.stdin as Readable,
    stdout: context.stdout as Writable,
    stderr: context.stderr as Writable,
    onSignal: (listener) => takeSignals(SIGNALS, listener),
    ...(terminal && { onResize: (listener) => onResize(terminal, listener) }),
  };
}
