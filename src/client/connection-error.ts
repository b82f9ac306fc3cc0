/**
 * Nothing answered on the API's socket, or the connection broke. `code` is the system's: `ENOENT` and `ECONNREFUSED` when no daemon
 * runs, `ECONNRESET` when it went away, `ETIMEDOUT` when it does not answer, `ECANCELED` when the client was closed.
 */
export class ConnectionError extends Error {
  override readonly name = 'ConnectionError';
  readonly code: string;
  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

const NOT_RUNNING = new Set(['ENOENT', 'ECONNREFUSED']);

/** What a failed request threw, as an error that says what to do. */
export function connectionError(error: unknown, socketPath: string): ConnectionError {
  const code = codeOf(error);
  const message = NOT_RUNNING.has(code)
    ? `Dual's daemon is not running: nothing answers at ${socketPath} (start it with "dual daemon start")`
    : `the connection to Dual's daemon at ${socketPath} failed: ${(error as Error).message} (${code})`;
  return new ConnectionError(code, message, { cause: error });
}

/** The system's code of an error, `UNKNOWN` when it has none. */
export function codeOf(error: unknown): string {
  const code = (error as { code?: unknown }).code;
  return typeof code === 'string' ? code : 'UNKNOWN';
}
