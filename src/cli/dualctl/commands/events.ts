import type { Command } from 'commander';
import type { Event } from '../../../api/event.ts';
import { DEFAULT_NAMESPACE } from '../../../api/scheme.ts';
import { type Context, note } from '../../shared/context.ts';
import { withClient } from '../../shared/connect.ts';
import { CliError } from '../../shared/errors.ts';
import { type EventFilter, createEventPrinter, isShown } from '../events/print-events.ts';
import { eventSelector, listEvents } from '../events/object-events.ts';
import { watchEvents } from '../events/watch-events.ts';
import { collect } from '../flags.ts';
import { parseResourceArgs } from '../objects/resource-args.ts';
import { addOutputFlag, parseFormat } from '../output/format.ts';

const FORMATS = ['json', 'yaml', 'name', 'jsonpath'];

const EXAMPLES = `
Examples:
  dualctl events                                     # of the last hour or so, the newest last
  dualctl events --for workspace/lightfast-feat-auth -w
  dualctl events --types=Warning`;

interface EventOptions {
  for?: string;
  watch?: boolean;
  types?: string[];
  headers: boolean;
  output?: string;
}

export function configureEvents(command: Command, context: Context): void {
  addOutputFlag(command, FORMATS)
    .option('--for <object>', 'only events about this object: TYPE/NAME')
    .option('-w, --watch', 'after listing the events, go on and show new ones')
    .option('--types <types>', 'only events of these types: Normal, Warning', collect)
    .option('--no-headers', 'leave the header line out')
    .option('-A, --all-namespaces', 'accepted for the sake of habit: all events are in one namespace')
    .addHelpText('after', EXAMPLES)
    .action(async () => {
      const options = command.opts<EventOptions>();
      const format = await parseFormat(options.output, FORMATS);
      const filter = parseFilter(options);
      await withClient(context, async (client) => {
        const printer = createEventPrinter(context, format, {
          headers: options.headers,
          watch: options.watch === true,
        });
        if (options.watch) {
          await watchEvents(client, { filter, signal: context.interruption(), onEvents: printer });
          return;
        }
        const events = (await listEvents(client, filter.subject)).filter((event: Event) => isShown(event, filter));
        if (events.length > 0 || format.type !== 'table') await printer(events);
        else note(context, nothingFound(filter));
      });
    });
}

/** @throws CliError */
function parseFilter(options: EventOptions): EventFilter {
  const types = options.types?.map((type) => type.toLowerCase());
  const unknown = types?.find((type) => type !== 'normal' && type !== 'warning');
  if (unknown !== undefined) throw new CliError(`valid --types are Normal or Warning, not "${unknown}"`);
  if (options.for === undefined) return { ...(types && { types }) };
  const [target] = parseResourceArgs([options.for]);
  const name = target?.names[0];
  if (!target || name === undefined) throw new CliError(`--for must be in resource/name form, not "${options.for}"`);
  const subject = { resource: target.resource, name };
  return { ...(types && { types }), subject, fieldSelector: eventSelector(subject) };
}

function nothingFound({ subject }: EventFilter): string {
  if (!subject) return `No events found in ${DEFAULT_NAMESPACE} namespace.`;
  return `No events found for ${subject.resource.singular}/${subject.name} in ${DEFAULT_NAMESPACE} namespace.`;
}
