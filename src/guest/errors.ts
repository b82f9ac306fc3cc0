export type GuestErrorCode =
  /** Nothing answers at the socket: the machine is stopped, starting or gone. */
  | 'Unreachable'
  /** What answers is no guest, or one that speaks another protocol. */
  | 'NotAGuest'
  /** The guest answers, and nothing listens on that port inside. */
  | 'PortRefused'
  /** The connection ended before the command did. */
  | 'Lost';

/** A guest could not be talked to. */
export class GuestError extends Error {
  override readonly name = 'GuestError';
  readonly code: GuestErrorCode;
  constructor(code: GuestErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** What a failed request means. */
export function requestError(error: NodeJS.ErrnoException | GuestError): GuestError {
  if (error instanceof GuestError) return error;
  // The HTTP parser's own codes: something answered, in another language.
  if (error.code?.startsWith('HPE_')) {
    return new GuestError('NotAGuest', 'what answers there is not a guest', { cause: error });
  }
  return new GuestError('Unreachable', `the machine does not answer: ${error.message}`, { cause: error });
}
