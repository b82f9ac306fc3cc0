import type { Status, StatusCause, StatusReason } from '../api/meta.ts';

const CODES: Record<StatusReason, number> = {
  BadRequest: 400,
  Forbidden: 403,
  NotFound: 404,
  MethodNotAllowed: 405,
  NotAcceptable: 406,
  AlreadyExists: 409,
  Conflict: 409,
  Expired: 410,
  Gone: 410,
  RequestEntityTooLarge: 413,
  UnsupportedMediaType: 415,
  Invalid: 422,
  InternalError: 500,
  ServiceUnavailable: 503,
};

/** An error that is answered as a Kubernetes `Status`. The same class on the server's side and on the client's. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly reason: StatusReason;
  readonly code: number;
  readonly details: NonNullable<Status['details']>;

  constructor(
    reason: StatusReason,
    message: string,
    details: NonNullable<Status['details']> = {},
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.reason = reason;
    this.code = CODES[reason] ?? 500;
    this.details = details;
  }

  get causes(): StatusCause[] {
    return this.details.causes ?? [];
  }

  toStatus(): Status {
    return {
      apiVersion: 'v1',
      kind: 'Status',
      metadata: {},
      status: 'Failure',
      message: this.message,
      reason: this.reason,
      details: this.details,
      code: this.code,
    };
  }

  static fromStatus(status: Status): ApiError {
    return new ApiError(
      status.reason ?? 'InternalError',
      status.message ?? `the server answered ${status.code}`,
      status.details ?? {},
    );
  }
}

export function isApiError(error: unknown, reason?: StatusReason): error is ApiError {
  return error instanceof ApiError && (reason === undefined || error.reason === reason);
}
