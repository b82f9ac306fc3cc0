import type { KubeObject } from '../api/meta.ts';
import { ApiError } from '../errors/api-error.ts';
import type { Db } from './db.ts';

/** Where an object is. `namespace` is empty for cluster-scoped kinds. */
export interface ObjectKey {
  /** Plural and group, as in `workspaces.dual.dev`. */
  resource: string;
  namespace: string;
  name: string;
}

export interface ObjectTable {
  get(key: ObjectKey): KubeObject | undefined;
  put(key: ObjectKey, object: KubeObject, writtenAt: number): void;
  remove(key: ObjectKey): void;
  /** In the order of namespace and name, starting after `after`. Nothing may be written while it is read. */
  iterate(after: ObjectKey): IterableIterator<KubeObject>;
  count(resource: string): number;
  /** Keys of the objects that were last written before that time (milliseconds since the epoch). */
  writtenBefore(resource: string, time: number): ObjectKey[];
}

/** Bytes of one object's JSON. More could be asked for by patching again and again. */
const MAX_DOCUMENT = 3 * 1024 * 1024;

export function createObjectTable(db: Db): ObjectTable {
  const where = 'WHERE resource = ? AND namespace = ? AND name = ?';
  const select = db.prepare<string[], string>(`SELECT document FROM objects ${where}`).pluck();
  const upsert = db.prepare('INSERT OR REPLACE INTO objects VALUES (?, ?, ?, ?, ?)');
  const remove = db.prepare(`DELETE FROM objects ${where}`);
  const page = db
    .prepare<string[], string>(
      'SELECT document FROM objects WHERE resource = ? AND (namespace, name) > (?, ?) ORDER BY namespace, name',
    )
    .pluck();
  const count = db.prepare<[string], number>('SELECT count(*) FROM objects WHERE resource = ?').pluck();
  const old = db.prepare<[string, number], ObjectKey>(
    'SELECT resource, namespace, name FROM objects WHERE resource = ? AND written_at < ?',
  );
  return {
    get(key) {
      const document = select.get(...columns(key));
      return document === undefined ? undefined : (JSON.parse(document) as KubeObject);
    },
    put(key, object, writtenAt) {
      const document = JSON.stringify(object);
      if (Buffer.byteLength(document) > MAX_DOCUMENT) {
        throw new ApiError('RequestEntityTooLarge', `"${key.name}" would be larger than ${MAX_DOCUMENT} bytes`);
      }
      upsert.run(...columns(key), writtenAt, document);
    },
    remove(key) {
      remove.run(...columns(key));
    },
    *iterate(after) {
      for (const document of page.iterate(...columns(after))) yield JSON.parse(document) as KubeObject;
    },
    count: (resource) => count.get(resource) ?? 0,
    writtenBefore: (resource, time) => old.all(resource, time),
  };
}

function columns(key: ObjectKey): [string, string, string] {
  return [key.resource, key.namespace, key.name];
}
