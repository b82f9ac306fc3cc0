import { isDeepStrictEqual } from 'node:util';
import type { KubeObject } from '../api/meta.ts';
import type { Resource } from '../api/scheme.ts';
import type { Client } from './client.ts';

/**
 * Writes the object's status where it differs from what the object has, else does nothing. Compare-and-set on the object's
 * resourceVersion. Gives the object as it is then. @throws ApiError Conflict when somebody wrote in between
 */
export async function patchStatus<T extends KubeObject>(
  client: Client,
  resource: Resource,
  object: T,
  status: T['status'],
): Promise<T> {
  if (isDeepStrictEqual(asJson(object.status), asJson(status))) return object;
  return client.updateStatus(resource, { ...object, status });
}

/** As it is on the wire, where a field that is undefined is not there. */
function asJson(value: unknown): unknown {
  return value === undefined ? undefined : (JSON.parse(JSON.stringify(value)) as unknown);
}
