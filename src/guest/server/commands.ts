import type { User } from '../../drivers/container/driver.ts';
import type { ExecRequest } from '../protocol.ts';
import type { Command, CommandSpec } from './command.ts';
import { commandEnvironment } from './environment.ts';
import type { Environment } from './environment.ts';
import { actAs, spawnIds } from './identity.ts';
import { startOnPipes } from './pipe-command.ts';
import { createPipeSource } from './pipes.ts';
import { endSession } from '../../exec/process-session.ts';
import { findFailure, startFailure } from './resolve-command.ts';
import type { Failure } from './resolve-command.ts';
import { startWithTty } from './tty-command.ts';

/** Milliseconds between asking a session to end and killing it. */
const GRACE = 2000;
/** The same when the machine stops, which must take no more than two seconds in all. */
const STOP_GRACE = 1000;

/** The commands that run in this machine. */
export interface Commands {
  start(request: ExecRequest): Promise<Command | Failure>;
  /** Ends the command and everything in its session. */
  kill(command: Command): void;
  /** Ends all of them. Resolves when nothing is left of them. */
  killAll(): Promise<void>;
}

export function createCommands(options: { user: User; env: Environment }): Commands {
  const ids = spawnIds(options.user);
  const pipes = createPipeSource(ids);
  /** Leaders of the sessions whose command has not ended yet. */
  const leaders = new Set<number>();

  async function launch(spec: CommandSpec): Promise<Command | Failure> {
    const { argv, cwd, tty } = spec.request;
    const [file = ''] = argv;
    const failure = actAs(options.user, () => findFailure(file, cwd, spec.env['PATH']));
    if (failure) return failure;
    try {
      return tty ? startWithTty(spec, tty) : startOnPipes(spec, await pipes.open());
    } catch (error) {
      return startFailure(error as NodeJS.ErrnoException, file);
    }
  }
  async function end(leader: number, grace: number): Promise<void> {
    await endSession(leader, grace);
    leaders.delete(leader);
  }

  return {
    async start(request) {
      const command = await launch({ request, env: commandEnvironment(options.env, request), ids });
      if ('failed' in command || command.pid === undefined) return command;
      const { pid, ended } = command;
      leaders.add(pid);
      void ended.then(() => leaders.delete(pid));
      return command;
    },
    kill({ pid }) {
      if (pid !== undefined) void end(pid, GRACE);
    },
    async killAll() {
      await Promise.all([...leaders].map((leader) => end(leader, STOP_GRACE)));
    },
  };
}
