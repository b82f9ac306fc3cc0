import type { KubeObject } from '../../api/meta.ts';
import { apiVersionOf } from '../../api/scheme.ts';
import { ApiError } from '../../errors/api-error.ts';
import type { JsonObject } from '../schema/openapi.ts';
import { isObject } from '../schema/openapi.ts';
import type { Served } from '../served/served.ts';

/** Bytes of a request's body, as in Kubernetes. */
export const MAX_BODY = 3 * 1024 * 1024;

/** Without parameters, in lower case; JSON when there is none, since old clients send none. */
function mediaType(contentType: string | undefined): string {
  return (contentType ?? '').split(';')[0]!.trim().toLowerCase() || 'application/json';
}

/** @throws ApiError UnsupportedMediaType, naming what is accepted */
export function requireMediaType(contentType: string | undefined, accepted: readonly string[]): string {
  const type = mediaType(contentType);
  if (accepted.includes(type)) return type;
  const message = `the body of the request was in an unknown format - accepted media types include: ${accepted.join(', ')}`;
  throw new ApiError('UnsupportedMediaType', message);
}

/** @throws ApiError BadRequest. What is wrong with the text is not shown: it may hold a secret. */
export function parseJson(body: unknown): unknown {
  try {
    return JSON.parse(typeof body === 'string' ? body : '') as unknown;
  } catch (error) {
    if (error instanceof SyntaxError) throw new ApiError('BadRequest', 'the body of the request is not valid JSON');
    throw error;
  }
}

/** An object of that resource, as far as its envelope goes. @throws ApiError BadRequest */
export function toObject(body: unknown, { resource }: Served): KubeObject {
  if (!isObject(body)) throw new ApiError('BadRequest', 'the body of the request is not an object');
  const apiVersion = apiVersionOf(resource);
  if (typeof body['kind'] !== 'string') throw new ApiError('BadRequest', "Object 'Kind' is missing");
  if (typeof body['apiVersion'] !== 'string') throw new ApiError('BadRequest', "Object 'apiVersion' is missing");
  if (body['apiVersion'] !== apiVersion) {
    const message = `the API version in the data (${body['apiVersion']}) does not match the expected API version (${apiVersion})`;
    throw new ApiError('BadRequest', message);
  }
  if (body['kind'] !== resource.kind) {
    throw new ApiError('BadRequest', `the kind in the data (${body['kind']}) is not ${resource.kind}`);
  }
  const metadata = body['metadata'] ?? {};
  if (!isObject(metadata)) throw new ApiError('BadRequest', 'metadata is not an object');
  return { ...body, metadata: withoutNulls(metadata) } as unknown as KubeObject;
}

/** Clients write `creationTimestamp: null` for what is not set. */
function withoutNulls(metadata: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(metadata).filter(([, value]) => value !== null));
}
