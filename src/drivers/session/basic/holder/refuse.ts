import type { Refusal } from '../protocol.ts';

/** Is told to whoever asked. */
export class RefusalError extends Error {
  override readonly name = 'RefusalError';
  readonly code: Refusal['code'];
  constructor(code: Refusal['code'], message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

export function asRefusal(error: unknown): Refusal {
  if (error instanceof RefusalError) return { code: error.code, message: error.message };
  return { code: 'Failed', message: (error as Error).message };
}
