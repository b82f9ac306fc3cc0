import { ApiError } from '../../errors/api-error.ts';
import { isObject } from '../schema/openapi.ts';

/** RFC 6901: the names on the way to a value, unescaped. */
export type Pointer = readonly string[];

export function parsePointer(text: string): Pointer {
  if (text === '') return [];
  if (!text.startsWith('/'))
    throw new ApiError('BadRequest', `${JSON.stringify(text)} is no JSON pointer: it starts with "/"`);
  return text
    .slice(1)
    .split('/')
    .map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'));
}

/** @throws ApiError Invalid when nothing is there */
export function readAt(document: unknown, pointer: Pointer): unknown {
  return pointer.reduce<unknown>((value, token) => {
    if (Array.isArray(value) && /^(0|[1-9]\d*)$/.test(token) && Number(token) < value.length)
      return value[Number(token)];
    if (isObject(value) && Object.hasOwn(value, token)) return value[token];
    throw missing(pointer);
  }, document);
}

/** What holds the value, and its name or index there. The pointer is not empty. @throws ApiError Invalid when there is no parent */
export function parentOf(
  document: unknown,
  pointer: Pointer,
): { parent: Record<string, unknown> | unknown[]; last: string } {
  const parent = readAt(document, pointer.slice(0, -1));
  if (!Array.isArray(parent) && !isObject(parent)) throw missing(pointer);
  return { parent, last: pointer.at(-1) ?? '' };
}

function missing(pointer: Pointer): ApiError {
  return new ApiError('Invalid', `the patch does not apply: there is no /${pointer.join('/')}`);
}
