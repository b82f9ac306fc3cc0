import { ANNOTATION_MANIFEST } from '../api/labels.ts';
import type { KubeObject } from '../api/meta.ts';
import { PROJECTS, WORKSPACES } from '../api/scheme.ts';
import type { Client } from '../client/client.ts';
import { isApiError } from '../errors/api-error.ts';
import type { LedgerObject } from './ledger.ts';

/**
 * Deletes an object that came from that file, and no other of the same name.
 *
 * @returns the object when its deletion was asked for now; undefined when it is gone, on its way out, or not ours
 */
export async function prune(client: Client, object: LedgerObject, file: string): Promise<KubeObject | undefined> {
  const resource = object.kind === WORKSPACES.kind ? WORKSPACES : PROJECTS;
  try {
    const current = await client.get(resource, object.name);
    if (!isOurs(current, object, file) || current.metadata.deletionTimestamp !== undefined) return undefined;
    await client.delete(resource, object.name, { uid: current.metadata.uid ?? '' });
    return current;
  } catch (error) {
    // Conflict: it was replaced by another of the same name between the two requests.
    if (isApiError(error, 'NotFound') || isApiError(error, 'Conflict')) return undefined;
    throw error;
  }
}

/** Without a uid an apply was cut short; if it got through, the object says where it came from. */
function isOurs(current: KubeObject, object: LedgerObject, file: string): boolean {
  if (object.uid !== undefined) return current.metadata.uid === object.uid;
  return current.metadata.annotations?.[ANNOTATION_MANIFEST] === file;
}

/** Workspaces before the Projects that they are of. */
export function workspacesFirst(a: LedgerObject, b: LedgerObject): number {
  return Number(a.kind !== WORKSPACES.kind) - Number(b.kind !== WORKSPACES.kind);
}
