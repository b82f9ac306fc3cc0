import { mkdir, open, readFile, rename } from 'node:fs/promises';
import path from 'node:path';

/** An object that came from a manifest. Only such ones are ever pruned. */
export interface LedgerObject {
  kind: string;
  name: string;
  /** Unknown between the intent to apply it and the server's answer. */
  uid?: string;
}

export interface LedgerFile {
  /** Relative to the watched directory. */
  path: string;
  /** SHA-256 of the content that was applied last, to its end. Left out while an apply is under way. */
  hash?: string;
  objects: LedgerObject[];
  /** It vanished together with all others, which is taken for an accident: nothing of it is pruned until it has been back. */
  held?: boolean;
}

/** What the directory has declared so far, in the order in which the files came. */
export interface Ledger {
  /** The file system that the directory was on when there was a manifest in it. */
  device?: number;
  files: LedgerFile[];
}

const FORMAT = 1;

/**
 * Reads the ledger; a missing one is empty. An unreadable one is put aside and empty too: then what is declared is applied
 * again and nothing is pruned that only the old one knew of.
 */
export async function readLedger(file: string, onDamage: (message: string) => void): Promise<Ledger> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { files: [] };
    throw error;
  }
  const ledger = parseLedger(text);
  if (ledger) return ledger;
  const aside = `${file}.damaged`;
  await rename(file, aside);
  onDamage(`${file} is damaged and was moved to ${aside}`);
  return { files: [] };
}

function parseLedger(text: string): Ledger | undefined {
  try {
    const { format, ...ledger } = JSON.parse(text) as Ledger & { format: number };
    return format === FORMAT && Array.isArray(ledger.files) ? ledger : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** Replaces the ledger in one step, on the disk when this returns. */
export async function writeLedger(file: string, ledger: Ledger): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
  const temporary = `${file}.tmp`;
  const handle = await open(temporary, 'w', 0o600);
  try {
    await handle.writeFile(`${JSON.stringify({ format: FORMAT, ...ledger }, undefined, 1)}\n`);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(temporary, file);
}

/** `Workspace/lightfast-main`: what tells objects apart. */
export function keyOf({ kind, name }: { kind: string; name: string }): string {
  return `${kind}/${name}`;
}
