import type { KubeObject, ListMeta } from '../../api/meta.ts';
import type { Served } from '../served/served.ts';

/** What a row carries beside its cells. */
export type IncludeObject = 'None' | 'Metadata' | 'Object';

interface TableOptions {
  include: IncludeObject;
  /** Milliseconds since the epoch, for ages. */
  now: number;
  metadata: Partial<ListMeta>;
}

/** meta.k8s.io/v1 Table: what `get` prints. */
export function toTable(
  served: Served,
  objects: readonly KubeObject[],
  { include, now, metadata }: TableOptions,
): object {
  return {
    kind: 'Table',
    apiVersion: 'meta.k8s.io/v1',
    metadata,
    columnDefinitions: served.columns.map(({ cell: _cell, ...definition }) => definition),
    rows: objects.map((object) => ({
      cells: served.columns.map(({ cell }) => cell(object, now)),
      ...rowObject(object, include),
    })),
  };
}

export function parseIncludeObject(value: string | undefined): IncludeObject {
  return value === 'None' || value === 'Object' ? value : 'Metadata';
}

function rowObject(object: KubeObject, include: IncludeObject): { object?: unknown } {
  if (include === 'None') return {};
  if (include === 'Object') return { object };
  return { object: { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata: object.metadata } };
}
