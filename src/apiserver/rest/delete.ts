import type { KubeObject } from '../../api/meta.ts';
import { ApiError } from '../../errors/api-error.ts';
import type { JsonObject } from '../schema/openapi.ts';
import { isObject } from '../schema/openapi.ts';
import type { Served } from '../served/served.ts';
import { parseJson, requireMediaType } from './body.ts';
import type { Query } from './query.ts';
import { isDryRun, isDryRunValue } from './query.ts';

/** What of meta/v1 DeleteOptions counts here. Nothing depends on another object's deletion, so the propagation makes no difference. */
export interface DeleteOptions {
  uid?: string;
  resourceVersion?: string;
  dryRun: boolean;
}

const PROPAGATION = ['Foreground', 'Background', 'Orphan'];

/** From the body and the query. @throws ApiError BadRequest */
export function parseDeleteOptions(
  request: { contentType: string | undefined; body: unknown },
  query: Query,
): DeleteOptions {
  const body = request.body ? parseBody(request) : {};
  const policy = body['propagationPolicy'] ?? query['propagationPolicy'];
  if (policy !== undefined && !PROPAGATION.includes(policy as string)) {
    throw new ApiError('BadRequest', `propagationPolicy must be one of ${PROPAGATION.join(', ')}`);
  }
  const dryRun = isDryRun(query) || [body['dryRun'] ?? []].flat().some(isDryRunValue);
  return { ...preconditions(body['preconditions']), dryRun };
}

/** What is answered when the object is gone. */
export function deletedStatus({ resource }: Served, object: KubeObject): object {
  const { name, uid } = object.metadata;
  const group = resource.group === '' ? {} : { group: resource.group };
  return {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Success',
    details: { name, ...group, kind: resource.plural, uid },
    code: 200,
  };
}

function parseBody({ contentType, body }: { contentType: string | undefined; body: unknown }): JsonObject {
  requireMediaType(contentType, ['application/json']);
  const options = parseJson(body);
  if (!isObject(options)) throw new ApiError('BadRequest', 'the options of a delete are an object');
  return options;
}

function preconditions(value: unknown): { uid?: string; resourceVersion?: string } {
  if (value === undefined || value === null) return {};
  if (!isObject(value)) throw new ApiError('BadRequest', 'preconditions is not an object');
  const { uid, resourceVersion } = value;
  for (const text of [uid, resourceVersion]) {
    if (text !== undefined && text !== null && typeof text !== 'string') {
      throw new ApiError('BadRequest', 'preconditions.uid and preconditions.resourceVersion are strings');
    }
  }
  return {
    ...(typeof uid === 'string' ? { uid } : {}),
    ...(typeof resourceVersion === 'string' ? { resourceVersion } : {}),
  };
}
