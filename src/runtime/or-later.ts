import { REASON } from '../api/conditions.ts';
import { isApiError } from '../errors/api-error.ts';
import { WaitingError } from '../errors/reconcile-errors.ts';

/** Awaits a compare-and-set write. A copy that was read too early is no error: the newer one is on its way. @throws WaitingError */
export async function orLater<T>(write: Promise<T>): Promise<T> {
  try {
    return await write;
  } catch (error) {
    if (!isApiError(error, 'Conflict') && !isApiError(error, 'NotFound')) throw error;
    throw new WaitingError(REASON.retrying, 'the object has changed meanwhile', 50);
  }
}
