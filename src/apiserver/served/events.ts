import type { Event } from '../../api/event.ts';
import type { KubeObject } from '../../api/meta.ts';
import { objectMetaSchema } from '../schema/object-meta.ts';
import type { OpenApiSchema } from '../schema/openapi.ts';
import { age } from './age.ts';
import type { Column } from './served.ts';

const text: OpenApiSchema = { type: 'string' };
const time: OpenApiSchema = { type: 'string', format: 'date-time', nullable: true };
const count: OpenApiSchema = { type: 'integer', minimum: 0 };

const reference: OpenApiSchema = {
  type: 'object',
  properties: {
    apiVersion: text,
    kind: text,
    namespace: text,
    name: text,
    uid: text,
    resourceVersion: text,
    fieldPath: text,
  },
};

/** core/v1 Event. */
export const EVENT_SCHEMA: OpenApiSchema = {
  type: 'object',
  required: ['involvedObject'],
  properties: {
    apiVersion: text,
    kind: text,
    metadata: objectMetaSchema({ ...text, maxLength: 253, pattern: '^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$' }),
    involvedObject: reference,
    related: { ...reference, nullable: true },
    reason: { ...text, maxLength: 128 },
    message: { ...text, maxLength: 8192 },
    type: { ...text, enum: ['Normal', 'Warning', ''] },
    action: text,
    count,
    firstTimestamp: time,
    lastTimestamp: time,
    eventTime: time,
    series: { type: 'object', nullable: true, properties: { count, lastObservedTime: time, state: text } },
    source: { type: 'object', properties: { component: text, host: text } },
    reportingComponent: text,
    reportingInstance: text,
  },
};

/** What `describe` and `events` select by. */
export const EVENT_FIELDS = [
  'metadata.name',
  'metadata.namespace',
  'involvedObject.kind',
  'involvedObject.namespace',
  'involvedObject.name',
  'involvedObject.uid',
  'involvedObject.apiVersion',
  'involvedObject.resourceVersion',
  'involvedObject.fieldPath',
  'reason',
  'reportingComponent',
  'source.component',
  'type',
] as const;

const column = (name: string, cell: (event: Event, now: number) => string | number, priority = 0): Column => ({
  name,
  type: name === 'Count' ? 'integer' : 'string',
  format: name === 'Name' ? 'name' : '',
  description: `${name} of the event.`,
  priority,
  cell: (object: KubeObject, now) => cell(object as Event, now),
});

/** As `kubectl get events` has them. */
export const EVENT_COLUMNS: readonly Column[] = [
  column('Last Seen', (event, now) => age(event.lastTimestamp ?? event.metadata.creationTimestamp, now)),
  column('Type', ({ type }) => type ?? ''),
  column('Reason', ({ reason }) => reason ?? ''),
  column('Object', ({ involvedObject }) => `${involvedObject.kind?.toLowerCase()}/${involvedObject.name}`),
  column('Subobject', ({ involvedObject }) => involvedObject.fieldPath ?? '', 1),
  column('Source', ({ source }) => source?.component ?? '', 1),
  column('Message', ({ message }) => (message ?? '').trim()),
  column('First Seen', (event, now) => age(event.firstTimestamp ?? event.metadata.creationTimestamp, now), 1),
  column('Count', ({ count: times }) => times ?? 1, 1),
  column('Name', ({ metadata }) => metadata.name, 1),
];
