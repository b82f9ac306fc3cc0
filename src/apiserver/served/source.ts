import type { KubeObject } from '../../api/meta.ts';
import type { Resource } from '../../api/scheme.ts';
import type { ListOptions, Page } from '../../store/pages.ts';
import type { Store } from '../../store/store.ts';
import type { Change } from '../../store/watch-log.ts';
import type { Admission } from '../schema/admission.ts';

/** Where the objects of one resource are read from. */
export interface Source {
  get(name: string, namespace?: string): KubeObject | undefined;
  list(options: ListOptions): Page;
  /** @throws ApiError Expired */
  changes(after: number, limit: number): Change[];
  /** Calls with the version of each change from now on. The result ends it. */
  onChange(callback: (resourceVersion: number) => void): () => void;
  resourceVersion(): number;
}

/** Objects come with today's defaults, also those that were stored before a field had one. */
export function storeSource(store: Store, resource: Resource, { complete }: Admission): Source {
  return {
    get(name, namespace) {
      const object = store.get(resource, name, namespace);
      return object && complete(object);
    },
    list(options) {
      const page = store.list(resource, options);
      return { ...page, items: page.items.map(complete) };
    },
    changes: (after, limit) =>
      store.changes(resource, after, limit).map((change) => ({
        ...change,
        object: complete(change.object),
        ...(change.previous ? { previous: complete(change.previous) } : {}),
      })),
    onChange: (callback) =>
      store.watch(resource, store.resourceVersion(), ({ resourceVersion }) => callback(resourceVersion)),
    resourceVersion: () => store.resourceVersion(),
  };
}

/** Objects that never change while the server runs. */
export function fixedSource(objects: readonly KubeObject[], resourceVersion: () => number): Source {
  return {
    get: (name) => objects.find((object) => object.metadata.name === name),
    list: ({ filter }) => ({ items: objects.filter(filter ?? Boolean), resourceVersion: resourceVersion() }),
    changes: () => [],
    onChange: () => () => undefined,
    resourceVersion,
  };
}
