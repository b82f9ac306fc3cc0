import { isDeepStrictEqual } from 'node:util';
import type { KubeObject, ObjectMeta } from '../api/meta.ts';

// The rules of Kubernetes for what of an object its writers decide, and what the server does. Pure.

/** The part of an object that a write is about: everything but status, or status alone. */
export type Part = 'main' | 'status';

/** What a new object becomes: with an identity, and without what only the server or a status writer sets. */
export function newObject(object: KubeObject, identity: { uid: string; now: string }): KubeObject {
  const { resourceVersion: _rv, deletionTimestamp: _d, ...metadata } = object.metadata;
  const generation = object.spec === undefined ? { generation: undefined } : { generation: 1 };
  return {
    ...object,
    metadata: tidy({ ...metadata, uid: identity.uid, creationTimestamp: identity.now, ...generation }),
  };
}

/** What `current` becomes when `desired` is written to that part of it; the very same object when nothing changes. */
export function updatedObject(current: KubeObject, desired: KubeObject, part: Part): KubeObject {
  const next = part === 'status' ? withStatus(current, desired) : withMain(current, desired);
  return isDeepStrictEqual(next, current) ? current : next;
}

export function markedDeleted(current: KubeObject, now: string): KubeObject {
  return { ...current, metadata: { ...current.metadata, deletionTimestamp: now } };
}

/** Deletion was asked for, and nothing holds the object any more. */
export function isFinished(object: KubeObject): boolean {
  return object.metadata.deletionTimestamp !== undefined && (object.metadata.finalizers ?? []).length === 0;
}

function withStatus(current: KubeObject, desired: KubeObject): KubeObject {
  const { status: _status, ...rest } = current;
  return desired.status === undefined ? rest : { ...rest, status: desired.status };
}

function withMain(current: KubeObject, desired: KubeObject): KubeObject {
  const { status: _status, ...content } = desired;
  const next = withStatus({ ...content, metadata: mergedMetadata(current.metadata, desired.metadata) }, current);
  const { generation } = current.metadata;
  if (generation === undefined || isDeepStrictEqual(contentOf(next), contentOf(current))) return next;
  return { ...next, metadata: { ...next.metadata, generation: generation + 1 } };
}

/** A change of this is a new generation. Kinds without a spec, such as Event, have no generations. */
function contentOf(object: KubeObject): unknown {
  const { metadata: _metadata, status: _status, ...content } = object;
  return content;
}

const SERVER_OWNED = [
  'name',
  'namespace',
  'generateName',
  'uid',
  'resourceVersion',
  'generation',
  'creationTimestamp',
  'deletionTimestamp',
] as const satisfies readonly (keyof ObjectMeta)[];

function mergedMetadata(current: ObjectMeta, desired: ObjectMeta): ObjectMeta {
  const kept = Object.fromEntries(SERVER_OWNED.map((field) => [field, current[field]]));
  return tidy({ ...desired, ...kept });
}

/** Without fields that say nothing, so that an empty list and no list are the same. */
function tidy(metadata: ObjectMeta): ObjectMeta {
  const entries = Object.entries(metadata).filter(([, value]) => !isEmpty(value));
  return Object.fromEntries(entries) as unknown as ObjectMeta;
}

function isEmpty(value: unknown): boolean {
  if (value === undefined || value === null) return true;
  return typeof value === 'object' && Object.keys(value).length === 0;
}
