import type { KubeObject } from '../../api/meta.ts';
import { apiVersionOf } from '../../api/scheme.ts';
import type { Page } from '../../store/pages.ts';
import type { Served } from '../served/served.ts';
import { negotiate } from './accept.ts';
import type { Query } from './query.ts';
import { parseIncludeObject, toTable } from './table.ts';

/** Turns objects and lists into what the client asked for. */
export interface Represent {
  object(object: KubeObject): unknown;
  list(page: Page): unknown;
}

/** @throws ApiError NotAcceptable */
export function representation(
  served: Served,
  request: { accept: string | undefined; query: Query },
  now: () => number,
): Represent {
  if (negotiate(request.accept) === 'object')
    return { object: (object) => object, list: (page) => toList(served, page) };
  const include = parseIncludeObject(request.query['includeObject']);
  return {
    object: (object) => {
      const metadata = { resourceVersion: object.metadata.resourceVersion ?? '' };
      return toTable(served, [object], { include, now: now(), metadata });
    },
    list: (page) => toTable(served, page.items, { include, now: now(), metadata: listMetadata(page) }),
  };
}

function toList({ resource }: Served, page: Page): unknown {
  return {
    apiVersion: apiVersionOf(resource),
    kind: `${resource.kind}List`,
    metadata: listMetadata(page),
    items: page.items,
  };
}

function listMetadata(page: Page): { resourceVersion: string; continue?: string; remainingItemCount?: number } {
  return {
    resourceVersion: String(page.resourceVersion),
    ...(page.continue === undefined ? {} : { continue: page.continue }),
    ...(page.remaining === undefined ? {} : { remainingItemCount: page.remaining }),
  };
}
