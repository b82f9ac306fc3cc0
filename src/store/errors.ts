/** Why the store cannot be used; the message tells the remedy. */
export type StoreErrorCode = 'Full' | 'Damaged' | 'Busy' | 'ReadOnly' | 'Unreadable' | 'TooNew' | 'Failed';

/** The database itself failed, as opposed to a write that was refused (ApiError). */
export class StoreError extends Error {
  override readonly name = 'StoreError';
  readonly code: StoreErrorCode;
  constructor(code: StoreErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

interface Explanation {
  /** Start of SQLite's result codes, https://sqlite.org/rescode.html */
  prefix: string;
  code: StoreErrorCode;
  message: (file: string) => string;
}

const EXPLANATIONS: readonly Explanation[] = [
  {
    prefix: 'SQLITE_FULL',
    code: 'Full',
    message: (file) => `the disk that holds ${file} is full: nothing was written; free some space and try again`,
  },
  { prefix: 'SQLITE_CORRUPT', code: 'Damaged', message: damaged },
  { prefix: 'SQLITE_NOTADB', code: 'Damaged', message: damaged },
  {
    prefix: 'SQLITE_BUSY',
    code: 'Busy',
    message: (file) => `${file} is locked by another process: is a second daemon running on it?`,
  },
  {
    prefix: 'SQLITE_READONLY',
    code: 'ReadOnly',
    message: (file) => `${file} cannot be written: check its owner and permissions, and those of its directory`,
  },
  {
    prefix: 'SQLITE_CANTOPEN',
    code: 'Unreadable',
    message: (file) => `${file} cannot be opened: check its owner and permissions, and those of its directory`,
  },
  {
    prefix: 'SQLITE_IOERR',
    code: 'Failed',
    message: (file) => `the disk failed on ${file}: check the free space and the health of the disk`,
  },
];

function damaged(file: string): string {
  return (
    `${file} is not a sound database: stop the daemon, move the file and those beside it that begin with its name ` +
    'elsewhere, and start the daemon again; manifests are then applied anew, and clones are adopted'
  );
}

/** What SQLite threw, as a StoreError; anything else as it is. */
export function explained(error: unknown, file: string): unknown {
  const code = sqliteCode(error);
  if (code === undefined) return error;
  const known = EXPLANATIONS.find(({ prefix }) => code.startsWith(prefix));
  const message = known?.message(file) ?? `the database ${file} failed: ${(error as Error).message} (${code})`;
  return new StoreError(known?.code ?? 'Failed', message, { cause: error });
}

function sqliteCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined;
  return typeof error.code === 'string' && error.code.startsWith('SQLITE_') ? error.code : undefined;
}
