import { randomBytes } from 'node:crypto';
import type { Db } from './db.ts';
import { StoreError } from './errors.ts';

/** One step per schema version; `user_version` says how many were taken. Never change one that was released. */
const MIGRATIONS: readonly ((db: Db) => void)[] = [createSchema];

/** @throws StoreError TooNew when a newer Dual has written the database */
export function migrate(db: Db, file: string): void {
  const run = db.transaction(() => {
    const version = db.pragma('user_version', { simple: true }) as number;
    if (version > MIGRATIONS.length) {
      throw new StoreError('TooNew', `${file} was written by a newer version of Dual: install that version again`);
    }
    for (const step of MIGRATIONS.slice(version)) step(db);
    db.pragma(`user_version = ${MIGRATIONS.length}`);
  });
  run.immediate();
}

function createSchema(db: Db): void {
  db.exec(`
    CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;

    -- One row. resource_version: of the last write. log_floor: a watcher that has seen less cannot be resumed.
    CREATE TABLE counter (resource_version INTEGER NOT NULL, log_floor INTEGER NOT NULL) STRICT;
    INSERT INTO counter VALUES (1, 1);

    -- resource: plural and group, as in workspaces.dual.dev. written_at: milliseconds since the epoch.
    CREATE TABLE objects (
      resource TEXT NOT NULL,
      namespace TEXT NOT NULL,
      name TEXT NOT NULL,
      written_at INTEGER NOT NULL,
      document TEXT NOT NULL,
      PRIMARY KEY (resource, namespace, name)
    ) STRICT;

    -- What watchers resume from. previous: the object before, so that selectors see objects come and go.
    CREATE TABLE log (
      resource_version INTEGER PRIMARY KEY,
      type TEXT NOT NULL,
      resource TEXT NOT NULL,
      size INTEGER NOT NULL,
      object TEXT NOT NULL,
      previous TEXT
    ) STRICT;
    CREATE INDEX log_by_resource ON log (resource, resource_version);
  `);
  db.prepare('INSERT INTO meta VALUES (?, ?)').run('install_id', randomBytes(6).toString('hex'));
}
