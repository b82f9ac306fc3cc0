import type { StatusCause } from '../api/meta.ts';
import type { Resource } from '../api/scheme.ts';
import { qualifiedName } from '../api/scheme.ts';
import { ApiError } from '../errors/api-error.ts';

// What is refused, in the very words of Kubernetes, since kubectl prints them as they are
// (apimachinery `pkg/api/errors`, apiserver `pkg/registry/generic/registry`).

export function notFound(resource: Resource, name: string): ApiError {
  return new ApiError('NotFound', `${qualifiedName(resource)} "${name}" not found`, details(resource, name));
}

export function alreadyExists(resource: Resource, name: string): ApiError {
  return new ApiError('AlreadyExists', `${qualifiedName(resource)} "${name}" already exists`, details(resource, name));
}

export function conflict(resource: Resource, name: string, why: string): ApiError {
  const message = `Operation cannot be fulfilled on ${qualifiedName(resource)} "${name}": ${why}`;
  return new ApiError('Conflict', message, details(resource, name));
}

export function modified(resource: Resource, name: string): ApiError {
  return conflict(
    resource,
    name,
    'the object has been modified; please apply your changes to the latest version and try again',
  );
}

/** 422 with a cause per field. A cause's message starts with what is wrong, as in `Invalid value: "x": ...`. */
export function invalid(resource: Resource, name: string, causes: readonly StatusCause[]): ApiError {
  const texts = causes.map((cause) => (cause.field ? `${cause.field}: ${cause.message}` : cause.message));
  const text = texts.length === 1 ? texts[0] : `[${texts.join(', ')}]`;
  const group = resource.group === '' ? '' : `.${resource.group}`;
  return new ApiError('Invalid', `${resource.kind}${group} "${name}" is invalid: ${text}`, {
    ...details(resource, name),
    kind: resource.kind,
    causes: [...causes],
  });
}

/** Answered to watchers and paged lists: they list again. */
export function expired(message: string): ApiError {
  return new ApiError('Expired', message);
}

function details(resource: Resource, name: string): { name: string; group?: string; kind: string } {
  return { name, ...(resource.group === '' ? {} : { group: resource.group }), kind: resource.plural };
}
