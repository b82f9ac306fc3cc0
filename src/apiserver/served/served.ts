import type { KubeObject } from '../../api/meta.ts';
import type { Resource } from '../../api/scheme.ts';
import type { Admission } from '../schema/admission.ts';
import type { SelectableFields } from '../selectors/field-selector.ts';
import type { Source } from './source.ts';

/** A column of a Table (meta.k8s.io/v1). `priority` above 0: shown on `-o wide` only. */
export interface Column {
  name: string;
  type: string;
  format: string;
  description: string;
  priority: number;
  /** `now` in milliseconds since the epoch, for ages. */
  cell: (object: KubeObject, now: number) => string | number | boolean | null;
}

interface SubresourceRequest {
  object: KubeObject;
  query: Readonly<Record<string, string | undefined>>;
  /** Aborts when the client goes or the server closes. */
  signal: AbortSignal;
}

/** Answers a GET of a subresource with text, at once or as it comes. What it throws first is answered as a Status. */
export type SubresourceHandler = (
  request: SubresourceRequest,
) => string | AsyncIterable<string> | Promise<string | AsyncIterable<string>>;

/** A resource, as the server serves it. */
export interface Served {
  resource: Resource;
  categories: readonly string[];
  source: Source;
  columns: readonly Column[];
  fields: SelectableFields;
  /** Absent: read-only. */
  admission?: Admission;
  /** Whether status is written apart, at `/status`. */
  hasStatus: boolean;
  /** By name, as in `log`. */
  subresources: ReadonlyMap<string, SubresourceHandler>;
}
