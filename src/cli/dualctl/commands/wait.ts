import type { Command } from 'commander';
import type { Context } from '../../shared/context.ts';
import { withClient } from '../../shared/connect.ts';
import { parseTimeout } from '../flags.ts';
import { type SelectionOptions, requireChoice, selectTargets } from '../objects/selection.ts';
import { addSelectionFlags } from '../selection-flags.ts';
import { parseWaitCondition } from '../wait/condition.ts';
import { runWait } from '../wait/wait.ts';

const EXAMPLES = `
Examples:
  dualctl wait --for=condition=Ready workspace --all --timeout=5m
  dualctl wait --for=condition=Ready=false ws/lightfast-feat-auth
  dualctl wait --for=jsonpath='{.status.phase}'=Stopped ws lightfast-feat-auth
  dualctl wait --for=delete workspace lightfast-feat-auth
  dualctl wait --for=create workspace lightfast-feat-auth`;

interface WaitOptions extends SelectionOptions {
  for: string;
  timeout: string;
}

export function configureWait(command: Command, context: Context): void {
  command.argument('[TYPE|TYPE/NAME]', 'workspaces (ws) or projects (proj)').argument('[NAME...]', 'names');
  addSelectionFlags(command)
    .requiredOption(
      '--for <condition>',
      'delete, create, condition=TYPE[=STATUS] or jsonpath={PATH}[=VALUE]; the status is true when left out',
    )
    .option('--all', 'all objects of the type')
    .option('--timeout <duration>', 'how long to wait; 0 looks once, a negative one waits for a week', '30s')
    .addHelpText('after', EXAMPLES)
    .action(async (type: string | undefined, names: string[]) => {
      const options = command.opts<WaitOptions>();
      const condition = await parseWaitCondition(options.for);
      const timeout = parseTimeout(options.timeout);
      const targets = await selectTargets(context, type === undefined ? [] : [type, ...names], options);
      requireChoice(targets, options);
      await withClient(context, async (client) => {
        await runWait(context, client, { targets, selection: options, condition, timeout });
      });
    });
}
