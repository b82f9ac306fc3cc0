import type { Event } from '../../../api/event.ts';
import { EVENTS } from '../../../api/scheme.ts';
import type { Context } from '../../shared/context.ts';
import { createTableWriter } from '../../shared/table.ts';
import type { Format } from '../output/format.ts';
import { formatObjects } from '../output/print-objects.ts';
import { type EventSubject, formatLastSeen } from './object-events.ts';

/** Which events are shown. */
export interface EventFilter {
  subject?: EventSubject;
  /** The same as the server takes it. */
  fieldSelector?: string;
  /** In lower case. */
  types?: string[];
}

export type EventPrinter = (events: readonly Event[]) => Promise<void>;

const HEADERS = ['LAST SEEN', 'TYPE', 'REASON', 'OBJECT', 'MESSAGE'];

export function isShown(event: Event, { types }: EventFilter): boolean {
  return types === undefined || types.includes(event.type.toLowerCase());
}

/** Prints events as they come, under one header line. */
export function createEventPrinter(
  context: Context,
  format: Format,
  options: { headers: boolean; watch: boolean },
): EventPrinter {
  if (format.type === 'table') return createTableEventPrinter(context, options.headers);
  return async (events) => {
    const found = events.map((object) => ({ resource: EVENTS, object }));
    // A watch gives one document after the other, a list a single one.
    const documents = options.watch ? found.map((each) => [each]) : [found];
    for (const document of documents) {
      context.stdout.write(await formatObjects(format, document, { single: options.watch }));
    }
  };
}

function createTableEventPrinter(context: Context, withHeaders: boolean): EventPrinter {
  const writer = createTableWriter();
  let headersDue = withHeaders;
  return async (events) => {
    if (events.length === 0) return;
    const rows = events.map((event) => eventCells(event, context.clock.now()));
    context.stdout.write(writer.format(headersDue ? [HEADERS, ...rows] : rows));
    headersDue = false;
  };
}

function eventCells(event: Event, now: number): string[] {
  const { kind, name } = event.involvedObject;
  return [formatLastSeen(event, now), event.type, event.reason, `${kind}/${name}`, event.message.trim()];
}
