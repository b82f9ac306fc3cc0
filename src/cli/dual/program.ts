import { Command, CommanderError } from 'commander';
import type { Context } from '../shared/context.ts';
import { CliError } from '../shared/errors.ts';
import { COMMANDS, type CommandEntry } from './command-list.ts';
import type { Run } from './command.ts';
import type { ExitStatus } from './exit-status.ts';
import { nearNames } from './workspace/near-names.ts';

const EXAMPLES = `
Examples:
  dual                               choose a workspace and go into its session
  dual run pnpm test                 run a command in the machine of the workspace you are in
  dual run -w shop-main -- sh -c 'ls | wc -l'
  dual which curl localhost:3000     where that would run, and why
  dual urls                          where its services answer; with --tcp, the plain TCP address of each
  dual open shop-main www            show one of them in the browser
  dual logs -f dev                   follow what a pane prints
  dual doctor                        what this machine lacks

Workspaces are declared by manifests; see: dualctl --help`;

/** Everything but `dual run`. Throws what is to be reported as an error. */
export async function dualProgram(context: Context): Promise<ExitStatus> {
  const args = helpAsFlag(context.args);
  const entry = COMMANDS.find(({ name }) => name === args[0]);
  if (!entry && args[0] !== undefined && !args[0].startsWith('-')) throw unknownCommand(args[0]);
  const program = createProgram(context);
  const outcome: { status: ExitStatus } = { status: 0 };
  const run: Run =
    (action) =>
    async (...words) => {
      outcome.status = (await action(...words)) ?? 0;
    };
  if (entry) await addCommand(program, entry, { context, run });
  else await addAll(program, { context, run });
  try {
    await program.parseAsync([...args], { from: 'user' });
    return outcome.status;
  } catch (error) {
    // commander has printed help or an error, and says so by throwing.
    if (error instanceof CommanderError) return error.exitCode;
    throw error;
  }
}

async function addCommand(
  program: Command,
  entry: CommandEntry,
  { context, run }: { context: Context; run: Run },
): Promise<void> {
  const configure = await entry.load();
  configure(program.command(entry.name).description(entry.summary), context, run);
}

/** No command: the picker, help, or the version. */
async function addAll(program: Command, { context, run }: { context: Context; run: Run }): Promise<void> {
  for (const { name, summary } of COMMANDS) program.command(name).description(summary);
  program.option('-V, --version', 'print the version');
  program.addHelpText('after', EXAMPLES);
  program.action(
    run(async () => {
      if (program.opts<{ version?: boolean }>().version)
        return (await import('./commands/version.ts')).version(context);
      return (await import('./commands/pick.ts')).pick(context);
    }),
  );
}

function createProgram(context: Context): Command {
  return new Command('dual')
    .description('A machine of its own for every branch. With no command: choose a workspace and go into its session.')
    .helpCommand(false)
    .enablePositionalOptions()
    .exitOverride()
    .configureHelp({ helpWidth: context.stdout.columns ?? 100 })
    .configureOutput({
      writeOut: (text) => context.stdout.write(text),
      writeErr: (text) => context.stderr.write(text),
    });
}

/** `dual help urls` is `dual urls --help`. */
function helpAsFlag(args: readonly string[]): readonly string[] {
  return args[0] === 'help' ? [...args.slice(1, 2), '--help'] : args;
}

function unknownCommand(name: string): CliError {
  const near = nearNames(
    name,
    COMMANDS.map((command) => command.name),
  );
  const hint = near.length > 0 ? `did you mean ${near.join(' or ')}?` : 'see: dual --help';
  return new CliError(`unknown command "${name}"; ${hint}`);
}
