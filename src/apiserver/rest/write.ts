import { randomInt } from 'node:crypto';
import type { KubeObject, StatusCause } from '../../api/meta.ts';
import { DEFAULT_NAMESPACE } from '../../api/scheme.ts';
import { ApiError, isApiError } from '../../errors/api-error.ts';
import type { Part } from '../../store/metadata.ts';
import { updatedObject } from '../../store/metadata.ts';
import { conflict, invalid, modified, notFound } from '../../store/refusals.ts';
import type { Store } from '../../store/store.ts';
import type { Admission } from '../schema/admission.ts';
import type { Served } from '../served/served.ts';

export interface WriteContext {
  store: Store;
  served: Served;
  /** A resource that cannot be written has none of the routes that lead here. */
  admission: Admission;
  dryRun: boolean;
}

export interface Target {
  name: string;
  namespace: string | undefined;
  part: Part;
}

export function createObject(context: WriteContext, body: KubeObject, namespace: string | undefined): KubeObject {
  const { store, served, admission, dryRun } = context;
  const { metadata } = body;
  if (metadata.resourceVersion) {
    throw new ApiError('BadRequest', 'resourceVersion should not be set on objects to be created');
  }
  if (!metadata.name && !metadata.generateName) throw invalid(served.resource, '', [NAME_REQUIRED]);
  const create = (name: string): KubeObject => {
    const { status, ...content } = body;
    const initial = served.hasStatus ? content : { ...content, ...(status === undefined ? {} : { status }) };
    const object = admission.complete({
      ...initial,
      metadata: { ...metadata, name, ...placed(served, metadata, namespace) },
    });
    admission.check(object);
    return store.create(served.resource, object, { dryRun });
  };
  return metadata.name ? create(metadata.name) : withGeneratedName(metadata.generateName!, create);
}

/** PUT: the body is the whole object, and says which version it was made from. */
export function replaceObject(context: WriteContext, body: KubeObject, target: Target): KubeObject {
  const { served } = context;
  const current = existing(context, target);
  checkIdentity(served, body, current);
  if (!body.metadata.resourceVersion) throw invalid(served.resource, target.name, [VERSION_REQUIRED]);
  return writeOver(context, current, body, target);
}

/** PATCH: `change` makes the wanted object of the current one. Nothing can come between the two. */
export function patchObject(
  context: WriteContext,
  change: (current: KubeObject) => KubeObject,
  target: Target,
): KubeObject {
  const current = existing(context, target);
  const desired = change(current);
  checkIdentity(context.served, desired, current);
  return writeOver(context, current, desired, target);
}

function writeOver(context: WriteContext, current: KubeObject, desired: KubeObject, target: Target): KubeObject {
  const { store, served, admission, dryRun } = context;
  const { resourceVersion = current.metadata.resourceVersion } = desired.metadata;
  if (resourceVersion !== current.metadata.resourceVersion) throw modified(served.resource, target.name);
  const next = updatedObject(current, admission.complete(withVersion(desired, resourceVersion)), target.part);
  admission.check(next, current);
  checkFinalizers(served, current, next);
  return store.update(served.resource, withVersion(next, resourceVersion), { part: target.part, dryRun });
}

function withVersion(object: KubeObject, resourceVersion: string | undefined): KubeObject {
  return { ...object, metadata: { ...object.metadata, ...(resourceVersion === undefined ? {} : { resourceVersion }) } };
}

function existing({ served }: WriteContext, target: Target): KubeObject {
  const current = served.source.get(target.name, target.namespace);
  if (!current) throw notFound(served.resource, target.name);
  return current;
}

/** What the body says of whose it is must agree with the path, and with what is stored. */
function checkIdentity({ resource }: Served, { metadata }: KubeObject, current: KubeObject): void {
  const { name, uid } = current.metadata;
  if (metadata.name !== undefined && metadata.name !== name) {
    const message = `the name of the object (${metadata.name}) does not match the name on the URL (${name})`;
    throw new ApiError('BadRequest', message);
  }
  if (metadata.uid !== undefined && metadata.uid !== uid) {
    const why = `Precondition failed: UID in precondition: ${metadata.uid}, UID in object meta: ${uid}`;
    throw conflict(resource, name, why);
  }
}

/** Nobody who comes late may hold up a deletion. */
function checkFinalizers({ resource }: Served, current: KubeObject, next: KubeObject): void {
  if (!current.metadata.deletionTimestamp) return;
  const before = new Set(current.metadata.finalizers);
  const added = (next.metadata.finalizers ?? []).filter((finalizer) => !before.has(finalizer));
  if (added.length === 0) return;
  const message = `Forbidden: no new finalizers can be added if the object is being deleted, found new finalizers ${JSON.stringify(added)}`;
  throw invalid(resource, next.metadata.name, [
    { reason: 'FieldValueForbidden', message, field: 'metadata.finalizers' },
  ]);
}

function placed({ resource }: Served, metadata: KubeObject['metadata'], namespace?: string): { namespace?: string } {
  if (!resource.namespaced) {
    if (!metadata.namespace) return {};
    const message = `${resource.plural} have no namespace: leave out metadata.namespace`;
    throw new ApiError('BadRequest', message);
  }
  if (metadata.namespace && metadata.namespace !== namespace) {
    throw new ApiError(
      'BadRequest',
      'the namespace of the provided object does not match the namespace sent on the request',
    );
  }
  if (namespace !== DEFAULT_NAMESPACE) throw new ApiError('NotFound', `namespaces "${namespace}" not found`);
  return { namespace };
}

const NAME_REQUIRED: StatusCause = {
  reason: 'FieldValueRequired',
  message: 'Required value: name or generateName is required',
  field: 'metadata.name',
};

const VERSION_REQUIRED: StatusCause = {
  reason: 'FieldValueInvalid',
  message: 'Invalid value: 0x0: must be specified for an update',
  field: 'metadata.resourceVersion',
};

/** Without vowels and look-alikes, as in Kubernetes. */
const ALPHABET = 'bcdfghjklmnpqrstvwxz2456789';
const GENERATED_LENGTH = 5;
const ATTEMPTS = 8;

function withGeneratedName(prefix: string, create: (name: string) => KubeObject): KubeObject {
  for (let attempt = 1; ; attempt += 1) {
    const suffix = Array.from({ length: GENERATED_LENGTH }, () => ALPHABET[randomInt(ALPHABET.length)]).join('');
    try {
      return create(prefix + suffix);
    } catch (error) {
      if (!isApiError(error, 'AlreadyExists') || attempt === ATTEMPTS) throw error;
    }
  }
}
