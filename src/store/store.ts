import type { KubeObject } from '../api/meta.ts';
import type { Resource } from '../api/scheme.ts';
import { qualifiedName } from '../api/scheme.ts';
import type { Clock } from '../clock/clock.ts';
import type { Log } from '../log/log.ts';
import type { Db } from './db.ts';
import { openDatabase } from './database.ts';
import type { Listener } from './listeners.ts';
import { createListeners } from './listeners.ts';
import { createObjectTable } from './object-table.ts';
import type { ListOptions, Page } from './pages.ts';
import { readPage } from './pages.ts';
import type { Change, LogLimits } from './watch-log.ts';
import { createWatchLog, DEFAULT_LOG_LIMITS } from './watch-log.ts';
import type { DeleteOptions, NameOrKey, Parts, UpdateOptions } from './writes.ts';
import { create, guarded, keyOf, remove, update } from './writes.ts';

/**
 * Objects, one rising resourceVersion for all of them, and a log of what changed. Synchronous. Refused writes throw ApiError,
 * a failing database throws StoreError. Objects given and taken are never changed afterwards by the store.
 */
export interface Store {
  /** 12 hex digits, made with the database: tells what belongs to this install. */
  readonly installId: string;
  resourceVersion(): number;
  get(resource: Resource, name: string, namespace?: string): KubeObject | undefined;
  /** Items and version are of one moment. */
  list(resource: Resource, options?: ListOptions): Page;
  /** Status is stored as given: whoever calls decides whether a new object may have one. */
  create(resource: Resource, object: KubeObject, options?: { dryRun?: boolean }): KubeObject;
  /** Compare-and-set on metadata.resourceVersion. What changes nothing is not a write. */
  update(resource: Resource, object: KubeObject, options?: UpdateOptions): KubeObject;
  /** With finalizers the object stays, marked; it goes with the write that takes the last one off. */
  delete(resource: Resource, key: NameOrKey, options?: DeleteOptions): { object: KubeObject; removed: boolean };
  /** Removes what was last written before that time, in milliseconds since the epoch. How many went. */
  deleteWrittenBefore(resource: Resource, time: number): number;
  /** The next changes of that resource after that version. @throws ApiError Expired */
  changes(resource: Resource, after: number, limit: number): Change[];
  /** Every change of that resource after that version, once and in order. The result ends it. @throws ApiError Expired */
  watch(resource: Resource, after: number, listener: Listener): () => void;
  close(): void;
}

export interface StoreOptions {
  clock: Clock;
  log: Log;
  limits?: LogLimits;
}

/** @throws StoreError when the file cannot be opened, is damaged, or was written by a newer Dual */
export function openStore(file: string, options: StoreOptions): Store {
  const db = openDatabase(file);
  try {
    return guarded(db, () => createStore(db, options));
  } catch (error) {
    db.close();
    throw error;
  }
}

/** The store over a database that is open and has its schema. */
export function createStore(db: Db, { clock, log, limits = DEFAULT_LOG_LIMITS }: StoreOptions): Store {
  const parts: Parts = {
    db,
    objects: createObjectTable(db),
    log: createWatchLog(db, limits),
    listeners: createListeners(log),
    clock,
  };
  const installId = db.prepare<[string], string>('SELECT value FROM meta WHERE name = ?').pluck().get('install_id');
  if (installId === undefined) throw new Error(`${db.name}: no install id`);
  return {
    installId,
    resourceVersion: () => parts.log.resourceVersion(),
    get: (resource, name, namespace) => guarded(db, () => parts.objects.get(keyOf(resource, name, namespace))),
    list: (resource, options = {}) => list(parts, resource, options),
    create: (resource, object, options = {}) => create(parts, resource, object, options.dryRun ?? false),
    update: (resource, object, options = {}) => update(parts, resource, object, options),
    delete: (resource, key, options = {}) => remove(parts, resource, key, options),
    deleteWrittenBefore: (resource, time) => deleteWrittenBefore(parts, resource, time),
    changes: (resource, after, limit) => guarded(db, () => parts.log.since(qualifiedName(resource), after, limit)),
    watch: (resource, after, listener) => watch(parts, resource, after, listener),
    close: () => db.close(),
  };
}

function list(parts: Parts, resource: Resource, options: ListOptions): Page {
  const read = parts.db.transaction(() =>
    readPage(parts.objects, qualifiedName(resource), parts.log.resourceVersion(), options),
  );
  return guarded(parts.db, () => read.deferred());
}

function deleteWrittenBefore(parts: Parts, resource: Resource, time: number): number {
  const keys = guarded(parts.db, () => parts.objects.writtenBefore(qualifiedName(resource), time));
  for (const key of keys) remove(parts, resource, key, {});
  return keys.length;
}

/** Changes are handed over in batches, so that a long log never stands in memory at once. */
const REPLAY_BATCH = 500;

function watch(parts: Parts, resource: Resource, after: number, listener: Listener): () => void {
  const name = qualifiedName(resource);
  let seen = after;
  for (;;) {
    const batch = guarded(parts.db, () => parts.log.since(name, seen, REPLAY_BATCH));
    for (const change of batch) listener(change);
    seen = batch.at(-1)?.resourceVersion ?? seen;
    if (batch.length === 0) return parts.listeners.add(name, seen, listener);
  }
}
