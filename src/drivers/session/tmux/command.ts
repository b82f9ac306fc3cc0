import { setTimeout } from 'node:timers/promises';
import { CommandError, run } from '../../../exec/run.ts';

/** One tmux command: its name and arguments, none of which anything interprets. */
export type Command = readonly string[];

export interface Tmux {
  /**
   * Runs commands one after the other, up to the first that fails, in one client; nobody else's come between. Gives what they
   * print. They are passed by standard input: no other user sees them, and there is no limit to their length.
   * @param options.cwd where panes that they make start
   * @throws CommandError
   */
  run(commands: readonly Command[], options?: { cwd?: string; start?: boolean }): Promise<string>;
  /** The same, and undefined when there is no server. */
  ask(commands: readonly Command[]): Promise<string | undefined>;
  /** What a client that stays has to be started with. */
  client(args: readonly string[]): Promise<{ file: string; args: string[]; env: Record<string, string> }>;
}

const TIMEOUT = 20_000;
/** How often a command is given again to a server that was just about to end. */
const ATTEMPTS = 5;

export function createTmux(socket: string, env: () => Promise<Record<string, string>>): Tmux {
  /** `-u`: whatever the locale is, names and output are UTF-8. */
  const base = ['-u', '-S', socket];
  const clientEnv = async (): Promise<Record<string, string>> => {
    const { TMUX: _tmux, TMUX_PANE: _pane, ...rest } = await env();
    return rest;
  };
  const once: Tmux['run'] = async (commands, options = {}) => {
    const start = options.start ? ['start-server', ';'] : [];
    const { stdout } = await run('tmux', [...base, ...start, 'source-file', '-'], {
      env: await clientEnv(),
      input: `${commands.map(quoteCommand).join(' ; ')}\n`,
      timeout: TIMEOUT,
      ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    });
    return stdout;
  };
  return {
    async run(commands, options) {
      for (let attempt = 1; ; attempt++) {
        try {
          return await once(commands, options);
        } catch (error) {
          if (!options?.start || !isEnding(error) || attempt === ATTEMPTS) throw error;
          await setTimeout(attempt * 20);
        }
      }
    },
    async ask(commands) {
      try {
        return await once(commands);
      } catch (error) {
        if (isServerGone(error)) return undefined;
        throw error;
      }
    },
    async client(args) {
      return { file: 'tmux', args: [...base, ...args], env: await clientEnv() };
    },
  };
}

/** No server, or one that ended before it answered. */
export function isServerGone(error: unknown): boolean {
  return (
    error instanceof CommandError &&
    (/no server running|error connecting to .*\((No such file or directory|Connection refused)\)/.test(error.stderr) ||
      isEnding(error))
  );
}

export function isUnknown(error: unknown): boolean {
  return error instanceof CommandError && /can't find (session|pane|window)/.test(error.stderr);
}

function isEnding(error: unknown): boolean {
  return error instanceof CommandError && /lost server|server exited/.test(error.stderr);
}

function quoteCommand(command: Command): string {
  return command.map(quote).join(' ');
}

/** Single quotes as in a shell: nothing in between means anything. */
export function quote(argument: string): string {
  return `'${argument.replaceAll("'", `'\\''`)}'`;
}
