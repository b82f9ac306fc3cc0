import type { Client, ListOptions } from '../../../client/client.ts';
import type { KubeObject, Status, WatchEvent, WatchEventType } from '../../../api/meta.ts';
import { type Resource, collectionPath } from '../../../api/scheme.ts';
import { ApiError } from '../../../errors/api-error.ts';

/** A meta.k8s.io/v1 Table: the server says what the columns are. */
export interface Table {
  metadata?: { resourceVersion?: string };
  /** Left out in all but the first event of a watch. */
  columnDefinitions?: TableColumn[];
  rows: TableRow[];
}

export interface TableColumn {
  name: string;
  /** Above 0: shown with `-o wide` only. */
  priority?: number;
}

export interface TableRow {
  cells: unknown[];
  /** The object, whole or (by default) with its metadata alone. */
  object: KubeObject;
}

export interface TableQuery extends ListOptions {
  name?: string;
  includeObject?: 'Object' | 'Metadata';
}

const ACCEPT = 'application/json;as=Table;v=v1;g=meta.k8s.io';

/** One object, or a collection, as a table. @throws ApiError */
export async function getTable(client: Client, resource: Resource, query: TableQuery): Promise<Table> {
  return JSON.parse(await client.raw(tablePath(resource, query), { accept: ACCEPT })) as Table;
}

/** Follows a collection from `resourceVersion` on. @throws ApiError */
export async function* watchTable(
  client: Client,
  resource: Resource,
  options: { query: TableQuery; resourceVersion: string; signal: AbortSignal },
): AsyncGenerator<{ type: WatchEventType; table: Table }> {
  const watch = { watch: 'true', resourceVersion: options.resourceVersion };
  const path = tablePath(resource, options.query, watch);
  for await (const line of client.stream(path, { accept: ACCEPT, signal: options.signal })) {
    if (line.trim() === '') continue;
    const event = JSON.parse(line) as WatchEvent<unknown>;
    if (event.type === 'ERROR') throw ApiError.fromStatus(event.object as Status);
    yield { type: event.type, table: event.object as Table };
  }
}

function tablePath(resource: Resource, { name, ...query }: TableQuery, more: Record<string, string> = {}): string {
  const path = collectionPath(resource) + (name === undefined ? '' : `/${encodeURIComponent(name)}`);
  const given = Object.entries({ ...query, ...more }).flatMap(([key, value]): [string, string][] =>
    value === undefined ? [] : [[key, String(value)]],
  );
  const search = new URLSearchParams(given).toString();
  return search === '' ? path : `${path}?${search}`;
}
