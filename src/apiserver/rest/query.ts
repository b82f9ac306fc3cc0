import type { KubeObject } from '../../api/meta.ts';
import { ApiError } from '../../errors/api-error.ts';
import { parseFieldSelector } from '../selectors/field-selector.ts';
import { parseLabelSelector } from '../selectors/label-selector.ts';
import type { Served } from '../served/served.ts';

/** The parameters of a request. One that is there twice counts once, as in Kubernetes. */
export type Query = Readonly<Record<string, string | undefined>>;

export interface ListQuery {
  limit: number;
  continue: string | undefined;
  /** Undefined: every object is wanted. */
  filter: ((object: KubeObject) => boolean) | undefined;
}

export interface WatchQuery {
  /** 0: from what there is now, which comes first. */
  resourceVersion: number;
  bookmarks: boolean;
  /** Whether what there is now comes first. */
  initialEvents: boolean;
  /** Whether a bookmark tells where that ends. */
  initialEventsEnd: boolean;
  /** Seconds; undefined leaves it to the server. */
  timeout: number | undefined;
  filter: ListQuery['filter'];
}

export function parseQuery(raw: unknown): Query {
  const entries = Object.entries(raw as Record<string, string | string[] | undefined>);
  return Object.fromEntries(entries.map(([name, value]) => [name, Array.isArray(value) ? value[0] : value]));
}

export function parseListQuery(query: Query, served: Served): ListQuery {
  return {
    limit: numberOf(query, 'limit') ?? 0,
    continue: query['continue'] || undefined,
    filter: filterOf(query, served),
  };
}

export function parseWatchQuery(query: Query, served: Served): WatchQuery {
  const resourceVersion = numberOf(query, 'resourceVersion') ?? 0;
  const sendInitialEvents = query['sendInitialEvents'] === undefined ? undefined : flagOf(query, 'sendInitialEvents');
  return {
    resourceVersion,
    bookmarks: flagOf(query, 'allowWatchBookmarks'),
    initialEvents: sendInitialEvents ?? resourceVersion === 0,
    initialEventsEnd: sendInitialEvents ?? false,
    timeout: numberOf(query, 'timeoutSeconds') || undefined,
    filter: filterOf(query, served),
  };
}

export function flagOf(query: Query, name: string): boolean {
  const value = query[name];
  if (value === undefined || value === 'false' || value === '0') return false;
  if (value === 'true' || value === '1' || value === '') return true;
  throw new ApiError('BadRequest', `${name} must be true or false, not ${JSON.stringify(value)}`);
}

export function isDryRun(query: Query): boolean {
  return isDryRunValue(query['dryRun']);
}

export function isDryRunValue(value: unknown): boolean {
  if (value === undefined || value === '') return false;
  if (value === 'All') return true;
  throw new ApiError('BadRequest', `dryRun must be "All", not ${JSON.stringify(value)}`);
}

/** Versions, limits and seconds: whole numbers. */
function numberOf(query: Query, name: string): number | undefined {
  const value = query[name];
  if (value === undefined || value === '') return undefined;
  if (!/^\d{1,15}$/.test(value)) {
    throw new ApiError('BadRequest', `invalid ${name} ${JSON.stringify(value.slice(0, 100))}: must be a whole number`);
  }
  return Number(value);
}

function filterOf(query: Query, served: Served): ListQuery['filter'] {
  const { labelSelector, fieldSelector } = query;
  const tests: ((object: KubeObject) => boolean)[] = [];
  if (labelSelector) {
    const matches = parseLabelSelector(labelSelector);
    tests.push((object) => matches(object.metadata.labels ?? {}));
  }
  if (fieldSelector) tests.push(parseFieldSelector(fieldSelector, served.fields));
  return tests.length === 0 ? undefined : (object) => tests.every((test) => test(object));
}
