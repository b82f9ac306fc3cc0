import type { Event } from '../../../api/event.ts';
import { EVENTS } from '../../../api/scheme.ts';
import type { Client } from '../../../client/client.ts';
import { sortEvents } from './object-events.ts';
import { type EventFilter, type EventPrinter, isShown } from './print-events.ts';

/** Shows the events there are, then each one that comes or is counted up, until the server or the user ends it. */
export async function watchEvents(
  client: Client,
  { filter, signal, onEvents }: { filter: EventFilter; signal: AbortSignal; onEvents: EventPrinter },
): Promise<void> {
  const query = filter.fieldSelector === undefined ? {} : { fieldSelector: filter.fieldSelector };
  const { items, metadata } = await client.list<Event>(EVENTS, query);
  await onEvents(sortEvents(items).filter((event) => isShown(event, filter)));
  const watch = client.watch<Event>(EVENTS, { ...query, resourceVersion: metadata.resourceVersion, signal });
  for await (const { type, object } of watch) {
    // Events that expire are gone, not news.
    if ((type === 'ADDED' || type === 'MODIFIED') && isShown(object, filter)) await onEvents([object]);
  }
}
