import { Command, CommanderError } from 'commander';
import type { Context } from '../shared/context.ts';
import { CliError } from '../shared/errors.ts';
import { COMMANDS, type CommandEntry } from './command-list.ts';
import { normalizeFlags } from './flags.ts';

/** `dualctl`, called with `context.args`. Gives the exit code; throws what is to be reported as an error. */
export async function dualctl(context: Context): Promise<number> {
  const [first, ...rest] = helpAsFlag(context.args);
  const entry = COMMANDS.find((command) => command.name === first);
  if (!entry && first !== undefined && !first.startsWith('-')) throw unknownCommand(first);
  try {
    await (entry ? runCommand(context, entry, rest) : runBare(context));
    return 0;
  } catch (error) {
    // commander has printed help or an error, and says so by throwing.
    if (error instanceof CommanderError) return error.exitCode;
    throw error;
  }
}

async function runCommand(context: Context, entry: CommandEntry, args: readonly string[]): Promise<void> {
  const configure = await entry.load();
  const command = createProgram(context, entry.name).command(entry.name).description(entry.summary);
  configure(command, context);
  await command.parseAsync(normalizeFlags(args, command.options), { from: 'user' });
}

/** No command: help, or a wrong flag. */
async function runBare(context: Context): Promise<void> {
  const program = createProgram(context);
  for (const { name, summary } of COMMANDS) program.command(name).summary(summary).description(summary);
  program.action(() => {
    program.outputHelp();
  });
  await program.parseAsync([...context.args], { from: 'user' });
}

function createProgram(context: Context, command?: string): Command {
  const called = command === undefined ? 'dualctl' : `dualctl ${command}`;
  return new Command('dualctl')
    .description('dualctl controls the workspaces that Dual keeps, as kubectl would.')
    .helpCommand(false)
    .exitOverride()
    .configureHelp({ helpWidth: context.stdout.columns ?? 100 })
    .configureOutput({
      writeOut: (text) => context.stdout.write(text),
      writeErr: (text) => context.stderr.write(text),
      outputError: (text, write) => {
        write(`${text.trimEnd()}\nSee '${called} --help' for usage.\n`);
      },
    });
}

/** `dualctl help get` is `dualctl get --help`. */
function helpAsFlag(args: readonly string[]): readonly string[] {
  return args[0] === 'help' ? [...args.slice(1, 2), '--help'] : args;
}

function unknownCommand(name: string): CliError {
  return new CliError(`unknown command "${name}" for "dualctl"\n\nRun 'dualctl --help' for the list of commands.`);
}
