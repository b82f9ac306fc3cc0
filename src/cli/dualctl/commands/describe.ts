import type { Command } from 'commander';
import { type Context, note } from '../../shared/context.ts';
import { withClient } from '../../shared/connect.ts';
import { describeObject } from '../describe/describe.ts';
import { findObjects } from '../objects/find.ts';
import { type SelectionOptions, selectTargets } from '../objects/selection.ts';
import { addSelectionFlags } from '../selection-flags.ts';

const EXAMPLES = `
Examples:
  dualctl describe workspace lightfast-feat-auth   # spec, conditions, ports with URLs, events
  dualctl describe ws -l team=web
  dualctl describe projects
  dualctl describe -f lightfast.yaml`;

export function configureDescribe(command: Command, context: Context): void {
  command
    .argument('[TYPE|TYPE/NAME]', 'workspaces (ws), projects (proj) or events (ev)')
    .argument('[NAME...]', 'names; all objects of the type when left out');
  addSelectionFlags(command)
    .option('--show-events', 'show what happened to it', true)
    .option('--no-show-events', 'leave the events out')
    .option('-A, --all-namespaces', 'accepted for the sake of habit: Dual has no namespaces but that of events')
    .addHelpText('after', EXAMPLES)
    .action(async (type: string | undefined, names: string[]) => {
      const options = command.opts<SelectionOptions & { showEvents: boolean }>();
      const targets = await selectTargets(context, type === undefined ? [] : [type, ...names], options);
      await withClient(context, async (client) => {
        const { objects, errors } = await findObjects(client, targets, options);
        const describing = { showEvents: options.showEvents, now: context.clock.now() };
        const texts = await Promise.all(objects.map(async (found) => describeObject(client, found, describing)));
        context.stdout.write(texts.join('\n\n'));
        if (errors.length > 0) throw new AggregateError(errors);
        if (objects.length === 0) note(context, 'No resources found');
      });
    });
}
