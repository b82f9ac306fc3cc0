import { randomUUID } from 'node:crypto';
import type { KubeObject } from '../api/meta.ts';
import type { Resource } from '../api/scheme.ts';
import { DEFAULT_NAMESPACE, qualifiedName } from '../api/scheme.ts';
import type { Clock } from '../clock/clock.ts';
import { timestamp } from '../clock/clock.ts';
import type { Db } from './db.ts';
import { explained } from './errors.ts';
import type { Listeners } from './listeners.ts';
import type { Part } from './metadata.ts';
import { isFinished, markedDeleted, newObject, updatedObject } from './metadata.ts';
import type { ObjectKey, ObjectTable } from './object-table.ts';
import { alreadyExists, conflict, modified, notFound } from './refusals.ts';
import type { Change, WatchLog } from './watch-log.ts';

export interface Parts {
  db: Db;
  objects: ObjectTable;
  log: WatchLog;
  listeners: Listeners;
  clock: Clock;
}

export interface UpdateOptions {
  part?: Part;
  dryRun?: boolean;
}

export interface DeleteOptions {
  uid?: string;
  resourceVersion?: string;
  dryRun?: boolean;
}

export type NameOrKey = string | { name: string; namespace: string };

export function create(parts: Parts, resource: Resource, object: KubeObject, dryRun: boolean): KubeObject {
  return write(parts, resource, () => {
    const { name, namespace } = object.metadata;
    if (parts.objects.get(keyOf(resource, name, namespace))) throw alreadyExists(resource, name);
    const created = newObject(object, { uid: randomUUID(), now: timestamp(parts.clock) });
    return dryRun ? unwritten(created) : put(parts, resource, created);
  }).object;
}

export function update(parts: Parts, resource: Resource, object: KubeObject, options: UpdateOptions): KubeObject {
  return write(parts, resource, () => {
    const current = existing(parts, resource, object.metadata);
    checkPreconditions(resource, current, object.metadata);
    if (object.metadata.resourceVersion === undefined) throw modified(resource, object.metadata.name);
    const next = updatedObject(current, object, options.part ?? 'main');
    if (next === current || options.dryRun) return unwritten(next);
    return isFinished(next) ? drop(parts, resource, next, current) : put(parts, resource, next, current);
  }).object;
}

export function remove(
  parts: Parts,
  resource: Resource,
  key: NameOrKey,
  options: DeleteOptions,
): { object: KubeObject; removed: boolean } {
  return write(parts, resource, () => {
    const current = existing(parts, resource, typeof key === 'string' ? { name: key } : key);
    checkPreconditions(resource, current, options);
    const marked = current.metadata.deletionTimestamp ? current : markedDeleted(current, timestamp(parts.clock));
    if (isFinished(marked))
      return options.dryRun ? { object: current, removed: true } : drop(parts, resource, current, current);
    return marked === current || options.dryRun ? unwritten(marked) : put(parts, resource, marked, current);
  });
}

interface Written {
  object: KubeObject;
  removed: boolean;
  change?: Change;
}

function unwritten(object: KubeObject): Written {
  return { object, removed: false };
}

function put(parts: Parts, resource: Resource, object: KubeObject, previous?: KubeObject): Written {
  const { name, namespace } = object.metadata;
  const change = record(parts, resource, { type: previous ? 'MODIFIED' : 'ADDED', object, previous });
  parts.objects.put(keyOf(resource, name, namespace), change.object, parts.clock.now());
  return { object: change.object, removed: false, change };
}

function drop(parts: Parts, resource: Resource, object: KubeObject, previous: KubeObject): Written {
  const { name, namespace } = object.metadata;
  const change = record(parts, resource, { type: 'DELETED', object, previous });
  parts.objects.remove(keyOf(resource, name, namespace));
  return { object: change.object, removed: true, change };
}

/** Gives the object its new version, and puts the change on the log. */
function record(
  parts: Parts,
  resource: Resource,
  { type, object, previous }: Pick<Change, 'type' | 'object'> & { previous: KubeObject | undefined },
): Change {
  const resourceVersion = parts.log.next();
  const stamped = { ...object, metadata: { ...object.metadata, resourceVersion: String(resourceVersion) } };
  const change: Change = { resourceVersion, type, object: stamped, ...(previous ? { previous } : {}) };
  parts.log.append(qualifiedName(resource), change);
  parts.log.trim();
  return change;
}

/** Runs in one transaction; watchers hear of it when it is committed. */
function write(parts: Parts, resource: Resource, work: () => Written): Written {
  const written = guarded(parts.db, () => parts.db.transaction(work).immediate());
  if (written.change) parts.listeners.publish(qualifiedName(resource), written.change);
  return written;
}

function existing(parts: Parts, resource: Resource, key: { name: string; namespace?: string }): KubeObject {
  const current = parts.objects.get(keyOf(resource, key.name, key.namespace));
  if (!current) throw notFound(resource, key.name);
  return current;
}

function checkPreconditions(
  resource: Resource,
  { metadata }: KubeObject,
  wanted: { uid?: string; resourceVersion?: string },
): void {
  if (wanted.uid !== undefined && wanted.uid !== metadata.uid) {
    const why = `Precondition failed: UID in precondition: ${wanted.uid}, UID in object meta: ${metadata.uid}`;
    throw conflict(resource, metadata.name, why);
  }
  if (wanted.resourceVersion !== undefined && wanted.resourceVersion !== metadata.resourceVersion) {
    throw modified(resource, metadata.name);
  }
}

export function keyOf(resource: Resource, name: string, namespace?: string): ObjectKey {
  const scope = resource.namespaced ? (namespace ?? DEFAULT_NAMESPACE) : '';
  return { resource: qualifiedName(resource), namespace: scope, name };
}

/** What SQLite throws in there comes out as a StoreError. */
export function guarded<T>(db: Db, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw explained(error, db.name);
  }
}
