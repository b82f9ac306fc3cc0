import { ANNOTATION_LAST_APPLIED } from '../api/labels.ts';
import type { KubeObject } from '../api/meta.ts';
import { apiVersionOf, RESOURCES } from '../api/scheme.ts';
import type { Resource } from '../api/scheme.ts';
import { ApiError, isApiError } from '../errors/api-error.ts';
import type { Client } from './client.ts';
import { canonicalJson, threeWayMergePatch } from './merge-patch.ts';

export interface Applied {
  result: 'created' | 'configured' | 'unchanged';
  /** As the server has it now; what it would have, on a dry run. */
  object: KubeObject;
}

const ATTEMPTS = 5;

/**
 * kubectl's client-side apply: creates the object, or patches what differs from the declaration and removes what an earlier
 * declaration had and this one has not. Goes by the same annotation as kubectl, so that both can be used on one object.
 *
 * @throws ApiError as the server answers; Conflict when the object names a resourceVersion that is not the current one
 */
export async function apply(client: Client, object: KubeObject, options: { dryRun?: boolean } = {}): Promise<Applied> {
  const resource = resourceOf(object);
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await applyOnce(client, resource, object, options);
    } catch (error) {
      if (attempt >= ATTEMPTS || !isOvertaken(error, object)) throw error;
    }
  }
}

/** Whether somebody else changed, made or removed the object in the meantime, so that a new look at it may help. */
function isOvertaken(error: unknown, object: KubeObject): boolean {
  if (object.metadata.resourceVersion !== undefined) return false;
  return isApiError(error, 'Conflict') || isApiError(error, 'AlreadyExists') || isApiError(error, 'NotFound');
}

async function applyOnce(
  client: Client,
  resource: Resource,
  object: KubeObject,
  options: { dryRun?: boolean },
): Promise<Applied> {
  const modified = withLastApplied(object);
  const current = await getIfThere(client, resource, object.metadata.name);
  if (!current) return { result: 'created', object: await client.create(resource, modified, options) };

  const patch = threeWayMergePatch(lastApplied(current), asMap(modified), asMap(current));
  if (Object.keys(patch).length === 0) return { result: 'unchanged', object: current };
  const changed = await client.patch(resource, object.metadata.name, patch, {
    type: 'application/merge-patch+json',
    ...options,
  });
  return { result: 'configured', object: changed };
}

async function getIfThere(client: Client, resource: Resource, name: string): Promise<KubeObject | undefined> {
  try {
    return await client.get(resource, name);
  } catch (error) {
    if (isApiError(error, 'NotFound')) return undefined;
    throw error;
  }
}

/** The declaration with itself, as text, in kubectl's annotation: what kubectl sends, too. */
function withLastApplied(object: KubeObject): KubeObject {
  const { [ANNOTATION_LAST_APPLIED]: _previous, ...annotations } = object.metadata.annotations ?? {};
  const declared = { ...object, metadata: { ...object.metadata, annotations } };
  const text = `${canonicalJson(declared)}\n`;
  return {
    ...declared,
    metadata: { ...declared.metadata, annotations: { ...annotations, [ANNOTATION_LAST_APPLIED]: text } },
  };
}

/** Empty when the object was never applied: then nothing of it is removed. */
function lastApplied(current: KubeObject): Record<string, unknown> {
  const text = current.metadata.annotations?.[ANNOTATION_LAST_APPLIED];
  if (!text) return {};
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch (error) {
    const { kind, metadata } = current;
    const what = `${kind} "${metadata.name}": the annotation ${ANNOTATION_LAST_APPLIED} is not JSON; remove it and apply again`;
    throw new ApiError('BadRequest', what, { kind, name: metadata.name }, { cause: error });
  }
}

function resourceOf(object: KubeObject): Resource {
  const resource = RESOURCES.find(
    (candidate) => candidate.kind === object.kind && apiVersionOf(candidate) === object.apiVersion,
  );
  if (resource) return resource;
  throw new ApiError('BadRequest', `no kind "${object.kind}" in "${object.apiVersion}"`, { kind: object.kind });
}

function asMap(object: KubeObject): Record<string, unknown> {
  return object as unknown as Record<string, unknown>;
}
