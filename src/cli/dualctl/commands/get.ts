import type { Command } from 'commander';
import type { Context } from '../../shared/context.ts';
import { CliError } from '../../shared/errors.ts';
import { withClient } from '../../shared/connect.ts';
import { collect } from '../flags.ts';
import { runGet } from '../get/get.ts';
import type { GetOptions } from '../get/options.ts';
import { selectTargets } from '../objects/selection.ts';
import { addOutputFlag, parseFormat } from '../output/format.ts';
import { addSelectionFlags } from '../selection-flags.ts';

const FORMATS = ['wide', 'json', 'yaml', 'name', 'jsonpath', 'custom-columns'];

const EXAMPLES = `
Examples:
  dualctl get workspaces                          # all of them, as a table
  dualctl get ws,proj -o wide                     # several types, all columns
  dualctl get workspace lightfast-feat-auth -o yaml
  dualctl get ws -w                               # go on and show what changes
  dualctl get ws -l team=web --sort-by=.metadata.creationTimestamp
  dualctl get ws -o jsonpath='{range .items[*]}{.metadata.name}{"\\t"}{.status.phase}{"\\n"}{end}'
  dualctl get ws -o custom-columns=NAME:.metadata.name,PATH:.status.clone.path
  dualctl get --raw /metrics                      # what the daemon and the proxy have done`;

export function configureGet(command: Command, context: Context): void {
  command
    .argument('[TYPE[,TYPE]|TYPE/NAME]', 'workspaces (ws), projects (proj), events (ev), or "all"')
    .argument('[NAME...]', 'names; all objects of the type when left out');
  addOutputFlag(addSelectionFlags(command), FORMATS)
    .option('-w, --watch', 'after listing the objects, go on and show their changes')
    .option('--watch-only', 'show changes without listing the objects first')
    .option('--output-watch-events', 'show with each change whether it was ADDED, MODIFIED or DELETED')
    .option('--no-headers', 'leave the header line out')
    .option('--sort-by <jsonpath>', 'sort by this field, as in .metadata.name')
    .option('--show-labels', 'show all labels in a last column')
    .option('-L, --label-columns <labels>', 'labels to show in columns of their own', collect)
    .option('--show-managed-fields', 'keep managedFields in json and yaml')
    .option('--ignore-not-found', 'when an object does not exist, exit 0 without an error')
    .option('--raw <path>', 'print what the server answers at this path, as in /metrics or /version')
    .option('-A, --all-namespaces', 'accepted for the sake of habit: Dual has no namespaces but that of events')
    .addHelpText('after', EXAMPLES)
    .action(async (type: string | undefined, names: string[]) => {
      const options = command.opts<GetOptions & { output?: string; raw?: string }>();
      if (options.raw !== undefined) return (await import('../get/get-raw.ts')).getRaw(context, command, options.raw);
      const format = await parseFormat(options.output, FORMATS);
      const targets = await selectTargets(context, type === undefined ? [] : [type, ...names], options);
      if (isWatch(options) && new Set(targets.map(({ resource }) => resource)).size > 1) {
        throw new CliError('you may only specify a single resource type');
      }
      await withClient(context, async (client) => runGet(context, client, { targets, format, options }));
    });
}

function isWatch(options: GetOptions): boolean {
  return options.watch === true || options.watchOnly === true;
}
