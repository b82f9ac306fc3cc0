import type { Event } from '../../../api/event.ts';
import { ANNOTATION_LAST_APPLIED } from '../../../api/labels.ts';
import type { Condition, KubeObject } from '../../../api/meta.ts';
import { formatAge } from '../../shared/age.ts';
import { formatLastSeen } from '../events/object-events.ts';
import type { Field } from './layout.ts';
import { oneLine } from './value-fields.ts';

export const NONE = '<none>';

/** Name, labels, annotations and age: where every description begins. */
export function headFields(object: KubeObject, now: number): Field[] {
  const { metadata } = object;
  // What was applied last is a copy of the manifest, and long.
  const { [ANNOTATION_LAST_APPLIED]: _, ...annotations } = metadata.annotations ?? {};
  const deleted = metadata.deletionTimestamp;
  return [
    { name: 'Name', value: metadata.name },
    { name: 'Labels', value: pairs(metadata.labels, '=') },
    { name: 'Annotations', value: pairs(annotations, ': ') },
    { name: 'API Version', value: object.apiVersion },
    { name: 'Kind', value: object.kind },
    {
      name: 'Created',
      value: `${metadata.creationTimestamp ?? ''} (${formatAge(metadata.creationTimestamp, now)} ago)`,
    },
    ...(deleted ? [{ name: 'Terminating', value: `since ${deleted} (${formatAge(deleted, now)})` }] : []),
  ];
}

export function conditionsField(conditions: readonly Condition[] | undefined, now: number): Field {
  if (!conditions?.length) return { name: 'Conditions', value: NONE };
  const rows = conditions.map(({ type, status, reason, lastTransitionTime, message }) => [
    type,
    status,
    reason,
    formatAge(lastTransitionTime, now),
    oneLine(message),
  ]);
  return { name: 'Conditions', value: { headers: ['Type', 'Status', 'Reason', 'Age', 'Message'], rows } };
}

export function eventsField(events: readonly Event[], now: number): Field {
  if (events.length === 0) return { name: 'Events', value: NONE };
  const rows = events.map((event) => [
    event.type,
    event.reason,
    formatLastSeen(event, now),
    event.source?.component ?? event.reportingComponent ?? '',
    oneLine(event.message),
  ]);
  return { name: 'Events', value: { headers: ['Type', 'Reason', 'Age', 'From', 'Message'], rows } };
}

function pairs(map: Record<string, string> | undefined, separator: string): string | string[] {
  const entries = Object.entries(map ?? {}).sort(([a], [b]) => (a < b ? -1 : 1));
  return entries.length === 0 ? NONE : entries.map(([key, value]) => `${key}${separator}${oneLine(value)}`);
}
