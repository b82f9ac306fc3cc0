import type { Command } from 'commander';
import type { Context } from '../../shared/context.ts';
import { withClient } from '../../shared/connect.ts';
import { CliError } from '../../shared/errors.ts';
import { type DeleteRequest, runDelete } from '../delete/delete.ts';
import { parseDryRun } from '../dry-run.ts';
import { parseTimeout } from '../flags.ts';
import { type SelectionOptions, requireChoice, selectTargets } from '../objects/selection.ts';
import { addOutputFlag, parseFormat } from '../output/format.ts';
import { addSelectionFlags } from '../selection-flags.ts';

const FORMATS = ['name'];

const EXAMPLES = `
Examples:
  dualctl delete workspace lightfast-feat-auth
  dualctl delete ws -l team=web
  dualctl delete ws --all --wait=false
  dualctl delete -f lightfast.yaml

Uncommitted and unpushed work is kept, and it is told where. What a manifest in the watched directory declares
is removed for good by removing that manifest.`;

interface DeleteOptions extends SelectionOptions {
  wait: boolean;
  timeout: string;
  ignoreNotFound?: boolean;
  cascade: string;
  dryRun?: string;
  output?: string;
}

const PROPAGATION: Record<string, DeleteRequest['propagationPolicy']> = {
  background: 'Background',
  foreground: 'Foreground',
  orphan: 'Orphan',
};

export function configureDelete(command: Command, context: Context): void {
  command.argument('[TYPE|TYPE/NAME]', 'workspaces (ws) or projects (proj)').argument('[NAME...]', 'names');
  addOutputFlag(addSelectionFlags(command), FORMATS)
    .option('--all', 'all objects of the type')
    .option('--wait', 'wait until the objects are gone', true)
    .option('--no-wait', 'do not wait')
    .option('--timeout <duration>', 'how long to wait; 0 for as long as it takes', '0s')
    .option('--ignore-not-found', 'when an object does not exist, exit 0 without an error')
    .option(
      '--cascade <strategy>',
      'background, foreground or orphan: what becomes of objects that it owns',
      'background',
    )
    .option('--dry-run <strategy>', 'none, client (send nothing), or server (send, but delete nothing)')
    .addHelpText('after', EXAMPLES)
    .action(async (type: string | undefined, names: string[]) => {
      const options = command.opts<DeleteOptions>();
      const request = parseRequest(options);
      const format = await parseFormat(options.output, FORMATS);
      const targets = await selectTargets(context, type === undefined ? [] : [type, ...names], options);
      requireChoice(targets, options);
      await withClient(context, async (client) => {
        await runDelete(context, client, { ...request, targets, nameOnly: format.type === 'name' });
      });
    });
}

function parseRequest(options: DeleteOptions): Omit<DeleteRequest, 'targets' | 'nameOnly'> {
  const propagationPolicy = PROPAGATION[options.cascade];
  if (!propagationPolicy) {
    throw new CliError(`invalid cascade value (${options.cascade}). Must be "background", "foreground", or "orphan"`);
  }
  return {
    selection: options,
    propagationPolicy,
    dryRun: parseDryRun(options.dryRun),
    wait: options.wait,
    // As kubectl has it: 0 says that there is no limit.
    timeout: parseTimeout(options.timeout) || -1,
    ignoreNotFound: options.ignoreNotFound === true,
  };
}
