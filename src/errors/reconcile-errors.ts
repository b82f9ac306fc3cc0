/**
 * What a reconcile throws says what comes next: StalledError (nothing until the user changes something), WaitingError (look again
 * after a while), and anything else is retried with back-off.
 */
export interface Explained {
  /** A condition reason, see src/api/conditions.ts. */
  reason: string;
  /** Tells what is wrong and what to do, in one or two sentences. */
  message: string;
}

/** The user must change something. Not retried until the object, or the world as observed, changes. */
export class StalledError extends Error implements Explained {
  override readonly name = 'StalledError';
  readonly reason: string;
  constructor(reason: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.reason = reason;
  }
}

/** Something is under way elsewhere. Not an error to anybody. */
export class WaitingError extends Error implements Explained {
  override readonly name = 'WaitingError';
  readonly reason: string;
  /** Milliseconds until it is worth looking again, unless something else puts the name on the queue earlier. */
  readonly after: number;
  constructor(reason: string, message: string, after: number) {
    super(message);
    this.reason = reason;
    this.after = after;
  }
}

/** A failure that may pass: retried with back-off. */
export class RetryError extends Error implements Explained {
  override readonly name = 'RetryError';
  readonly reason: string;
  constructor(reason: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.reason = reason;
  }
}

/** Reason and message of whatever was thrown; what is not one of the above is `InternalError`. */
export function explain(error: unknown): Explained {
  if (error instanceof StalledError || error instanceof WaitingError || error instanceof RetryError) {
    return { reason: error.reason, message: error.message };
  }
  return { reason: 'InternalError', message: error instanceof Error ? error.message : String(error) };
}

/** What was caught, as something that may be thrown again. */
export function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
