import type { KubeList, KubeObject, Status, WatchEvent } from '../api/meta.ts';
import type { Resource } from '../api/scheme.ts';
import { collectionPath } from '../api/scheme.ts';
import { ApiError } from '../errors/api-error.ts';
import type { Client, DeleteOptions, ListOptions, WatchOptions } from './client.ts';
import type { RequestOptions, Transport } from './transport.ts';
import { createTransport } from './transport.ts';

/** The API on that unix socket. Nothing is connected before the first call. Beside ApiError, calls throw ConnectionError. */
export function createClient(socketPath: string): Client {
  const transport = createTransport(socketPath);
  const send = async <T>(path: string, options?: RequestOptions): Promise<T> =>
    JSON.parse(await transport.send(path, options)) as T;
  return {
    get: (resource, name) => send(objectPath(resource, name)),
    list: <T extends KubeObject>(resource: Resource, options: ListOptions = {}) =>
      send<KubeList<T>>(collectionPath(resource) + listQuery(options)),
    create: (resource, object, { dryRun = false } = {}) =>
      send(collectionPath(resource) + queryString(dryRunQuery(dryRun)), { method: 'POST', body: object }),
    update: (resource, object) => send(objectPath(resource, object.metadata.name), { method: 'PUT', body: object }),
    updateStatus: (resource, object) =>
      send(objectPath(resource, object.metadata.name, 'status'), { method: 'PUT', body: object }),
    patch: (resource, name, patch, { type = 'application/merge-patch+json', subresource, dryRun = false } = {}) =>
      send(objectPath(resource, name, subresource) + queryString(dryRunQuery(dryRun)), {
        method: 'PATCH',
        contentType: type,
        body: patch,
      }),
    delete: <T extends KubeObject>(resource: Resource, name: string, options: DeleteOptions = {}) =>
      deleteObject<T>(send, objectPath(resource, name), options),
    watch: <T extends KubeObject>(resource: Resource, options: WatchOptions) => watch<T>(transport, resource, options),
    raw: (path, options = {}) => transport.send(path, options),
    stream: (path, options) => transport.lines(path, options),
    close: () => transport.close(),
  };
}

async function deleteObject<T extends KubeObject>(
  send: (path: string, options: RequestOptions) => Promise<unknown>,
  path: string,
  { uid, propagationPolicy, dryRun = false }: DeleteOptions,
): Promise<T | undefined> {
  const body = {
    apiVersion: 'v1',
    kind: 'DeleteOptions',
    ...(uid === undefined ? {} : { preconditions: { uid } }),
    ...(propagationPolicy === undefined ? {} : { propagationPolicy }),
    ...(dryRun ? { dryRun: ['All'] } : {}),
  };
  const answer = (await send(path, { method: 'DELETE', body })) as T | Status;
  return answer.kind === 'Status' ? undefined : (answer as T);
}

async function* watch<T extends KubeObject>(
  transport: Transport,
  resource: Resource,
  { signal, resourceVersion, allowWatchBookmarks = false, ...options }: WatchOptions,
): AsyncGenerator<WatchEvent<T>> {
  const query = queryString({
    ...selection(options),
    watch: 'true',
    resourceVersion,
    allowWatchBookmarks: allowWatchBookmarks ? 'true' : undefined,
  });
  for await (const line of transport.lines(collectionPath(resource) + query, { signal })) {
    const event = JSON.parse(line) as WatchEvent<T>;
    if (event.type === 'ERROR') throw ApiError.fromStatus(event.object as unknown as Status);
    yield event;
  }
}

function objectPath(resource: Resource, name: string, subresource?: string): string {
  const path = `${collectionPath(resource)}/${encodeURIComponent(name)}`;
  return subresource === undefined ? path : `${path}/${subresource}`;
}

function listQuery(options: ListOptions): string {
  return queryString({ ...selection(options), limit: options.limit?.toString(), continue: options.continue });
}

function selection({ labelSelector, fieldSelector }: ListOptions): Record<string, string | undefined> {
  return { labelSelector, fieldSelector };
}

function dryRunQuery(dryRun: boolean): Record<string, string | undefined> {
  return { dryRun: dryRun ? 'All' : undefined };
}

function queryString(parameters: Record<string, string | undefined>): string {
  const given = Object.entries(parameters).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return given.length === 0 ? '' : `?${new URLSearchParams(given).toString()}`;
}
