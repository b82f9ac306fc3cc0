import type { Log } from '../log/log.ts';
import { keyOf, readLedger, writeLedger } from './ledger.ts';
import type { Ledger, LedgerFile, LedgerObject } from './ledger.ts';

/** The ledger in memory, and how it gets to the disk. */
export interface LedgerState {
  readonly ledger: Ledger;
  fileOf(path: string): LedgerFile | undefined;
  /** The file's entry; a new one comes after all others. */
  ensureFile(path: string): LedgerFile;
  /** Whatever file has it. */
  objectOf(key: string): LedgerObject | undefined;
  /** Takes the object away from that file. */
  drop(file: LedgerFile, object: LedgerObject): void;
  /** Writes what has changed since the last time. */
  save(): Promise<void>;
}

export async function openLedger(file: string, log: Log): Promise<LedgerState> {
  const ledger = await readLedger(file, (message) => log.error({ file }, message));
  let saved = JSON.stringify(ledger);
  const fileOf = (path: string): LedgerFile | undefined => ledger.files.find((entry) => entry.path === path);
  return {
    ledger,
    fileOf,
    ensureFile(path) {
      const existing = fileOf(path);
      if (existing) return existing;
      const entry: LedgerFile = { path, objects: [] };
      ledger.files.push(entry);
      return entry;
    },
    objectOf: (key) => ledger.files.flatMap((entry) => entry.objects).find((object) => keyOf(object) === key),
    drop(entry, object) {
      entry.objects = entry.objects.filter((other) => keyOf(other) !== keyOf(object));
    },
    async save() {
      const text = JSON.stringify(ledger);
      if (text === saved) return;
      await writeLedger(file, ledger);
      saved = text;
    },
  };
}
