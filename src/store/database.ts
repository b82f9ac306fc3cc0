import { chmodSync, closeSync, mkdirSync, openSync } from 'node:fs';
import path from 'node:path';
import Database from 'better-sqlite3';
import type { Db } from './db.ts';
import { explained } from './errors.ts';
import { migrate } from './migrations.ts';

/** Milliseconds that a write waits for another process, such as one that makes a backup. */
const BUSY_TIMEOUT = 5000;
/** The write-ahead log is cut back to that many bytes after a burst. */
const JOURNAL_LIMIT = 4 * 1024 * 1024;

/** Opens or creates the database, readable by its owner alone, and brings its schema up to date. @throws StoreError */
export function openDatabase(file: string): Db {
  let db: Db | undefined;
  try {
    createPrivate(file);
    db = new Database(file, { timeout: BUSY_TIMEOUT });
    db.pragma('journal_mode = WAL');
    db.pragma(`journal_size_limit = ${JOURNAL_LIMIT}`);
    // What identifies this install must survive a power cut; later writes can be made again from the manifests.
    db.pragma('synchronous = FULL');
    migrate(db, file);
    db.pragma('synchronous = NORMAL');
    return db;
  } catch (error) {
    db?.close();
    throw explained(error, file);
  }
}

/** SQLite gives the files beside the database the mode of the database itself. */
function createPrivate(file: string): void {
  if (file === ':memory:') return;
  mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
  closeSync(openSync(file, 'a', 0o600));
  chmodSync(file, 0o600);
}
