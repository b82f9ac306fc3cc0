import type { KubeObject } from '../api/meta.ts';
import type { Db } from './db.ts';
import { expired } from './refusals.ts';

/** A write, as watchers see it. */
export interface Change {
  resourceVersion: number;
  type: 'ADDED' | 'MODIFIED' | 'DELETED';
  /** As it is afterwards; when deleted, as it was last. */
  object: KubeObject;
  /** As it was before; undefined when it was added. */
  previous?: KubeObject;
}

/** How much is kept for watchers to resume from. When more, the oldest tenth goes. */
export interface LogLimits {
  rows: number;
  bytes: number;
}

export const DEFAULT_LOG_LIMITS: LogLimits = { rows: 10_000, bytes: 32 * 1024 * 1024 };

export interface WatchLog {
  resourceVersion(): number;
  /** The resource version of the next write, taken. Within the transaction of that write. */
  next(): number;
  append(resource: string, change: Change): void;
  /** Forgets the oldest rows when there are too many. Within a transaction. */
  trim(): void;
  /** Changes of that resource after that version, in order. @throws ApiError Expired outside of what the log holds */
  since(resource: string, after: number, limit: number): Change[];
}

interface Row {
  resource_version: number;
  type: Change['type'];
  object: string;
  previous: string | null;
}

export function createWatchLog(db: Db, limits: LogLimits): WatchLog {
  const counter = db.prepare<[], { resource_version: number; log_floor: number }>('SELECT * FROM counter');
  const increment = db.prepare('UPDATE counter SET resource_version = resource_version + 1');
  const insert = db.prepare('INSERT INTO log VALUES (?, ?, ?, ?, ?, ?)');
  const select = db.prepare<[string, number, number], Row>(
    'SELECT resource_version, type, object, previous FROM log' +
      ' WHERE resource = ? AND resource_version > ? ORDER BY resource_version LIMIT ?',
  );
  const totals = db.prepare<[], LogLimits>('SELECT count(*) AS rows, coalesce(sum(size), 0) AS bytes FROM log');
  const nth = db
    .prepare<[number], number>('SELECT resource_version FROM log ORDER BY resource_version LIMIT 1 OFFSET ?')
    .pluck();
  const forget = db.prepare('DELETE FROM log WHERE resource_version <= ?');
  const raiseFloor = db.prepare('UPDATE counter SET log_floor = ?');

  const batch = Math.max(1, Math.ceil(limits.rows / 10));
  let appended = 0;
  let bytes = totals.get()!.bytes;

  const read = (): { resource_version: number; log_floor: number } => counter.get()!;
  return {
    resourceVersion: () => read().resource_version,
    next() {
      increment.run();
      return read().resource_version;
    },
    append(resource, change) {
      const object = JSON.stringify(change.object);
      const previous = change.previous ? JSON.stringify(change.previous) : null;
      const size = object.length + (previous?.length ?? 0);
      insert.run(change.resourceVersion, change.type, resource, size, object, previous);
      appended += 1;
      bytes += size;
    },
    trim() {
      // Counting the rows takes a while, so it is done once per batch.
      if (appended < batch && bytes <= limits.bytes) return;
      appended = 0;
      for (let now = totals.get()!; ; now = totals.get()!) {
        bytes = now.bytes;
        if (now.rows <= limits.rows && now.bytes <= limits.bytes) return;
        const last = nth.get(Math.ceil(now.rows / 10) - 1)!;
        forget.run(last);
        raiseFloor.run(last);
      }
    },
    since(resource, after, limit) {
      const { resource_version: newest, log_floor: floor } = read();
      if (after < floor) throw expired(`too old resource version: ${after} (${floor})`);
      if (after > newest) throw expired(`resource version ${after} is newer than the newest (${newest}): list again`);
      return select.all(resource, after, limit).map(toChange);
    },
  };
}

function toChange(row: Row): Change {
  return {
    resourceVersion: row.resource_version,
    type: row.type,
    object: JSON.parse(row.object) as KubeObject,
    ...(row.previous === null ? {} : { previous: JSON.parse(row.previous) as KubeObject }),
  };
}
