import type { Command } from 'commander';
import { withClient } from '../../shared/connect.ts';
import type { Context } from '../../shared/context.ts';
import { CliError } from '../../shared/errors.ts';

/** Prints what the server answers at that path, as it is. @throws CliError when something else was asked for as well */
export async function getRaw(context: Context, command: Command, path: string): Promise<void> {
  const others = command.options.filter((option) => {
    const name = option.attributeName();
    return name !== 'raw' && command.getOptionValueSource(name) === 'cli';
  });
  if (command.args.length > 0 || others.length > 0)
    throw new CliError('--raw is about a path alone: it takes no types, names or other flags');
  if (!path.startsWith('/')) throw new CliError(`--raw takes a path of the server, as in /metrics, not "${path}"`);
  await withClient(context, async (client) => {
    context.stdout.write(await client.raw(path, { accept: '*/*', signal: context.interruption() }));
  });
}
