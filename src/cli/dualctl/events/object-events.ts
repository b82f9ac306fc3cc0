import type { Event } from '../../../api/event.ts';
import { EVENTS, type Resource } from '../../../api/scheme.ts';
import type { Client } from '../../../client/client.ts';
import { formatAge } from '../../shared/age.ts';

/** The object that events are about. Without `uid`: all that ever had that name. */
export interface EventSubject {
  resource: Resource;
  name: string;
  uid?: string;
}

/** Events about one object, or about all, the oldest first. */
export async function listEvents(client: Client, subject?: EventSubject): Promise<Event[]> {
  const { items } = await client.list<Event>(EVENTS, subject ? { fieldSelector: eventSelector(subject) } : {});
  return sortEvents(items);
}

export function eventSelector({ resource, name, uid }: EventSubject): string {
  const fields = { 'involvedObject.kind': resource.kind, 'involvedObject.name': name, 'involvedObject.uid': uid };
  const given = Object.entries(fields).filter(([, value]) => value !== undefined);
  return given.map(([field, value]) => `${field}=${value}`).join(',');
}

export function sortEvents(events: readonly Event[]): Event[] {
  return [...events].sort((a, b) => Date.parse(lastSeen(a)) - Date.parse(lastSeen(b)));
}

/** When it happened last: `5m`, or `5m (x3 over 10m)`. */
export function formatLastSeen(event: Event, now: number): string {
  const age = formatAge(lastSeen(event), now);
  if (!(event.count > 1)) return age;
  return `${age} (x${event.count} over ${formatAge(event.firstTimestamp, now)})`;
}

function lastSeen(event: Event): string {
  return event.lastTimestamp || event.firstTimestamp || (event.metadata.creationTimestamp ?? '');
}
