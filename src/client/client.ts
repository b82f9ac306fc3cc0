import type { KubeList, KubeObject, WatchEvent } from '../api/meta.ts';
import type { Resource } from '../api/scheme.ts';

export interface ListOptions {
  limit?: number;
  continue?: string;
  labelSelector?: string;
  fieldSelector?: string;
}

export interface WatchOptions extends ListOptions {
  resourceVersion?: string;
  allowWatchBookmarks?: boolean;
  signal: AbortSignal;
}

export interface DeleteOptions {
  uid?: string;
  propagationPolicy?: 'Foreground' | 'Background' | 'Orphan';
  dryRun?: boolean;
}

export interface PatchOptions {
  type?: PatchType;
  subresource?: 'status';
  dryRun?: boolean;
}

export type PatchType = 'application/merge-patch+json' | 'application/json-patch+json';

/** The API, typed. Every method throws ApiError for what the server refuses. */
export interface Client {
  get<T extends KubeObject>(resource: Resource, name: string): Promise<T>;
  list<T extends KubeObject>(resource: Resource, options?: ListOptions): Promise<KubeList<T>>;
  create<T extends KubeObject>(resource: Resource, object: T, options?: { dryRun?: boolean }): Promise<T>;
  /** Compare-and-set on metadata.resourceVersion. */
  update<T extends KubeObject>(resource: Resource, object: T): Promise<T>;
  /** Compare-and-set on metadata.resourceVersion; changes nothing but status. */
  updateStatus<T extends KubeObject>(resource: Resource, object: T): Promise<T>;
  patch<T extends KubeObject>(resource: Resource, name: string, patch: unknown, options?: PatchOptions): Promise<T>;
  /** The object while finalizers hold it, undefined when it is gone at once. */
  delete<T extends KubeObject>(resource: Resource, name: string, options?: DeleteOptions): Promise<T | undefined>;
  /** Ends when the server ends it or the signal says so. @throws ApiError Expired when `resourceVersion` is too old */
  watch<T extends KubeObject>(resource: Resource, options: WatchOptions): AsyncIterable<WatchEvent<T>>;
  /** Any other path of the server, as text. */
  raw(path: string, options?: { accept?: string; signal?: AbortSignal }): Promise<string>;
  /** Lines of a streamed answer, as they come. */
  stream(path: string, options: { accept?: string; signal: AbortSignal }): AsyncIterable<string>;
  close(): Promise<void>;
}
