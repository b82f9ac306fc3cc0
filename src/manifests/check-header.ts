import { API_VERSION, apiVersionOf, EVENTS, RESOURCES } from '../api/scheme.ts';
import { isMap } from './values.ts';

export interface Problem {
  field?: string;
  message: string;
}

/** What every object must have before the server is asked about the rest. */
export function checkHeader(value: unknown): Problem[] {
  if (!isMap(value)) return [{ message: 'this is not an object with apiVersion, kind, metadata and spec' }];
  const kind = checkKind(value['apiVersion'], value['kind']);
  return kind ? [kind] : checkName(value['metadata']);
}

function checkKind(apiVersion: unknown, kind: unknown): Problem | undefined {
  if (apiVersion === undefined) return { field: 'apiVersion', message: `is missing; Dual's is ${API_VERSION}` };
  if (kind === undefined) return { field: 'kind', message: `is missing; there are ${kinds()}` };
  if (typeof apiVersion !== 'string') return { field: 'apiVersion', message: 'must be a string' };
  if (typeof kind !== 'string') return { field: 'kind', message: 'must be a string' };
  const resource = RESOURCES.find((candidate) => candidate.kind === kind);
  if (!resource)
    return { field: 'kind', message: `"${kind}" (${apiVersion}) is not a kind of Dual's; there are ${kinds()}` };
  if (resource === EVENTS) return { field: 'kind', message: `Events are recorded, not declared; there are ${kinds()}` };
  if (apiVersionOf(resource) === apiVersion) return undefined;
  return { field: 'apiVersion', message: `"${apiVersion}" has no ${kind}; use ${apiVersionOf(resource)}` };
}

function checkName(metadata: unknown): Problem[] {
  if (metadata === undefined || metadata === null) return [{ field: 'metadata.name', message: 'is missing' }];
  if (!isMap(metadata)) return [{ field: 'metadata', message: 'must be an object' }];
  const { name } = metadata;
  if (name === undefined || name === null || name === '') return [{ field: 'metadata.name', message: 'is missing' }];
  if (typeof name !== 'string') {
    return [{ field: 'metadata.name', message: `must be a string; put ${JSON.stringify(name)} in quotes` }];
  }
  return ['labels', 'annotations'].flatMap((field) => checkTexts(metadata[field], `metadata.${field}`));
}

/** Labels and annotations are read before the server has seen them. */
function checkTexts(value: unknown, field: string): Problem[] {
  if (value === undefined || value === null) return [];
  if (!isMap(value)) return [{ field, message: 'must be an object' }];
  return Object.entries(value)
    .filter(([, text]) => typeof text !== 'string')
    .map(([key]) => ({ field: `${field}[${key}]`, message: 'must be a string; put it in quotes' }));
}

function kinds(): string {
  const own = RESOURCES.filter((resource) => resource !== EVENTS);
  return `${own.map(({ kind }) => kind).join(' and ')} (${API_VERSION})`;
}
