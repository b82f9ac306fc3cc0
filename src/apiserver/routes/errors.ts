import type { FastifyReply, FastifyRequest } from 'fastify';
import { ApiError } from '../../errors/api-error.ts';
import type { Log } from '../../log/log.ts';
import { StoreError } from '../../store/errors.ts';
import { MAX_BODY } from '../rest/body.ts';

export function methodNotAllowed(): never {
  throw new ApiError('MethodNotAllowed', 'the server does not allow this method on the requested resource');
}

export function pathNotFound(): never {
  throw new ApiError('NotFound', 'the server could not find the requested resource');
}

/** Answers every error as a Status. */
export function errorHandler(log: Log) {
  return (error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply => {
    const status = toApiError(error);
    if (status.code >= 500)
      log.error({ err: error, method: request.method, path: pathOf(request) }, 'a request failed');
    return reply.code(status.code).type('application/json').send(JSON.stringify(status.toStatus()));
  };
}

function toApiError(error: unknown): ApiError {
  if (error instanceof ApiError) return error;
  if (error instanceof StoreError) {
    const reason = error.code === 'Damaged' ? 'InternalError' : 'ServiceUnavailable';
    return new ApiError(reason, error.message, {}, { cause: error });
  }
  return fromFastify(error) ?? new ApiError('InternalError', `Internal error occurred: ${(error as Error).message}`);
}

function fromFastify(error: unknown): ApiError | undefined {
  const { code, statusCode, message } = error as { code?: string; statusCode?: number; message: string };
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE') {
    return new ApiError('RequestEntityTooLarge', `Request entity too large: limit is ${MAX_BODY}`);
  }
  if (statusCode === undefined || statusCode >= 500) return undefined;
  return new ApiError('BadRequest', message);
}

function pathOf(request: FastifyRequest): string {
  return request.url.split('?')[0] ?? '';
}
