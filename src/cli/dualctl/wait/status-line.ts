import { READY } from '../../../api/conditions.ts';
import type { Condition, KubeObject } from '../../../api/meta.ts';
import type { Resource } from '../../../api/scheme.ts';
import { getCondition } from '../../../conditions/conditions.ts';
import { oneLine } from '../describe/value-fields.ts';

interface CommonStatus {
  phase?: string;
  conditions?: Condition[];
}

/** Where an object is, for a person who waits: `workspaces/x: Building: pnpm install`. */
export function statusLine(resource: Resource, object: KubeObject | undefined): string {
  const { phase, conditions } = (object?.status ?? {}) as CommonStatus;
  const message = getCondition(conditions, READY)?.message;
  const name = object ? `${resource.plural}/${object.metadata.name}` : resource.plural;
  const deleting = object?.metadata.deletionTimestamp && phase !== 'Terminating' ? 'Terminating' : phase;
  return [name, deleting, message && oneLine(message)].filter(Boolean).join(': ');
}
