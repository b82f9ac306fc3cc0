import type { KubeObject } from '../api/meta.ts';
import { ApiError } from '../errors/api-error.ts';
import type { ObjectTable } from './object-table.ts';

export interface ListOptions {
  /** Objects of that namespace only. */
  namespace?: string;
  /** At most that many; 0 or nothing means all. */
  limit?: number;
  /** Where the page before ended: its `continue`. */
  continue?: string;
  filter?: (object: KubeObject) => boolean;
}

export interface Page {
  items: KubeObject[];
  /** A watch from here misses nothing. The same on all pages of a list, so that what changed meanwhile is seen then. */
  resourceVersion: number;
  /** Present when there is more. */
  continue?: string;
  /** How many more there are; only told when nothing was filtered. */
  remaining?: number;
}

interface Position {
  version: number;
  namespace: string;
  name: string;
}

/** One page of a list. Within a transaction. @throws ApiError BadRequest when the token is not one */
export function readPage(objects: ObjectTable, resource: string, version: number, options: ListOptions): Page {
  const start = startOf(options);
  const limit = options.limit || Infinity;
  const items: KubeObject[] = [];
  const result = { items, resourceVersion: start?.version ?? version };
  for (const object of objects.iterate({ resource, ...(start ?? BEGINNING) })) {
    if (!isWanted(object, options)) continue;
    if (items.length === limit) return { ...result, ...more(result, options, objects.count(resource), start) };
    items.push(object);
  }
  return result;
}

const BEGINNING = { namespace: '', name: '' };

function startOf(options: ListOptions): Position | undefined {
  return options.continue === undefined ? undefined : decode(options.continue);
}

function isWanted(object: KubeObject, { namespace, filter }: ListOptions): boolean {
  if (namespace !== undefined && object.metadata.namespace !== namespace) return false;
  return filter?.(object) ?? true;
}

function more(page: Page, options: ListOptions, total: number, start?: Position): Pick<Page, 'continue' | 'remaining'> {
  const last = page.items.at(-1)!.metadata;
  const token = { version: page.resourceVersion, namespace: last.namespace ?? '', name: last.name };
  const countable = start === undefined && options.filter === undefined && options.namespace === undefined;
  return { continue: encode(token), ...(countable ? { remaining: total - page.items.length } : {}) };
}

function encode(position: Position): string {
  return Buffer.from(JSON.stringify([position.version, position.namespace, position.name])).toString('base64url');
}

function decode(token: string): Position {
  const [version, namespace, name] = parts(token);
  if (typeof version !== 'number' || typeof namespace !== 'string' || typeof name !== 'string') throw badToken();
  return { version, namespace, name };
}

function parts(token: string): unknown[] {
  try {
    const value: unknown = JSON.parse(Buffer.from(token, 'base64url').toString('utf8'));
    return Array.isArray(value) ? (value as unknown[]) : [];
  } catch (error) {
    if (error instanceof SyntaxError) return [];
    throw error;
  }
}

function badToken(): ApiError {
  return new ApiError('BadRequest', 'continue key is not valid: use the one of the page before, as it is');
}
