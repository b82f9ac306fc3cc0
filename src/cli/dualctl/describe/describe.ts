import type { Event } from '../../../api/event.ts';
import type { Project, Workspace } from '../../../api/types.ts';
import type { Client } from '../../../client/client.ts';
import type { KubeObject } from '../../../api/meta.ts';
import type { Resource } from '../../../api/scheme.ts';
import { listEvents } from '../events/object-events.ts';
import { eventsField, headFields } from './common.ts';
import { type Field, formatFields } from './layout.ts';
import { projectFields } from './project.ts';
import { valueFields } from './value-fields.ts';
import { workspaceFields } from './workspace.ts';

export interface DescribeOptions {
  showEvents: boolean;
  now: number;
}

const OWN_FIELDS: Record<string, (object: KubeObject, now: number) => Field[]> = {
  Workspace: (object, now) => workspaceFields(object as Workspace, now),
  Project: (object, now) => projectFields(object as Project, now),
};

/** Everything that there is to know about an object, for a person. */
export async function describeObject(
  client: Client,
  { resource, object }: { resource: Resource; object: KubeObject },
  options: DescribeOptions,
): Promise<string> {
  const ownFields = OWN_FIELDS[resource.kind] ?? otherFields;
  const { name, uid } = object.metadata;
  // Events are not about events.
  const hasEvents = options.showEvents && resource.kind !== 'Event';
  const events: Event[] = hasEvents ? await listEvents(client, { resource, name, ...(uid && { uid }) }) : [];
  return formatFields([
    ...headFields(object, options.now),
    ...ownFields(object, options.now),
    ...(hasEvents ? [eventsField(events, options.now)] : []),
  ]);
}

function otherFields(object: KubeObject): Field[] {
  const { apiVersion: _version, kind: _kind, metadata: _metadata, ...rest } = object;
  return valueFields(rest);
}
