/** The Kubernetes shapes that every object shares (apimachinery `meta/v1`). Times are RFC 3339 strings in UTC. */

export interface ObjectMeta {
  name: string;
  generateName?: string;
  /** Only core/v1 Events have one; Dual's own kinds are cluster-scoped. */
  namespace?: string;
  /** Never reused, so it tells an object from a later one of the same name. */
  uid?: string;
  /** Opaque to clients. One counter for the whole store. */
  resourceVersion?: string;
  /** Moves when the spec changes, and only then. */
  generation?: number;
  creationTimestamp?: string;
  /** Set when deletion was asked for; the object goes when `finalizers` is empty. */
  deletionTimestamp?: string;
  finalizers?: string[];
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
  ownerReferences?: OwnerReference[];
  managedFields?: unknown[];
}

export interface OwnerReference {
  apiVersion: string;
  kind: string;
  name: string;
  uid: string;
  controller?: boolean;
}

export interface KubeObject<Spec = unknown, Status = unknown> {
  apiVersion: string;
  kind: string;
  metadata: ObjectMeta;
  spec?: Spec;
  status?: Status;
}

export interface ListMeta {
  resourceVersion: string;
  continue?: string;
  remainingItemCount?: number;
}

export interface KubeList<T> {
  apiVersion: string;
  kind: string;
  metadata: ListMeta;
  items: T[];
}

export interface Condition {
  type: string;
  status: 'True' | 'False' | 'Unknown';
  reason: string;
  message: string;
  lastTransitionTime: string;
  observedGeneration?: number;
}

export type WatchEventType = 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR';

export interface WatchEvent<T> {
  type: WatchEventType;
  object: T;
}

/** A `Status` document: what the API answers when there is no object to answer with. */
export interface Status {
  apiVersion: 'v1';
  kind: 'Status';
  metadata: Record<string, never>;
  status: 'Success' | 'Failure';
  message?: string;
  reason?: StatusReason;
  details?: {
    name?: string;
    group?: string;
    kind?: string;
    uid?: string;
    causes?: StatusCause[];
    retryAfterSeconds?: number;
  };
  code: number;
}

export interface StatusCause {
  reason: string;
  message: string;
  /** Path of the field, as in `spec.source.url`. */
  field?: string;
}

export type StatusReason =
  | 'BadRequest'
  | 'NotFound'
  | 'AlreadyExists'
  | 'Conflict'
  | 'Invalid'
  | 'Expired'
  | 'Gone'
  | 'UnsupportedMediaType'
  | 'NotAcceptable'
  | 'MethodNotAllowed'
  | 'RequestEntityTooLarge'
  | 'Forbidden'
  | 'InternalError'
  | 'ServiceUnavailable';
