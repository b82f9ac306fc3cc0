import type { KubeObject } from '../../api/meta.ts';
import type { Resource } from '../../api/scheme.ts';
import { DEFAULT_NAMESPACE, EVENTS } from '../../api/scheme.ts';
import type { Store } from '../../store/store.ts';
import { createAdmission } from '../schema/admission.ts';
import { objectMetaSchema } from '../schema/object-meta.ts';
import type { OpenApiSchema } from '../schema/openapi.ts';
import { printedColumns } from './columns.ts';
import type { Crd, Definition } from './custom-resources.ts';
import { definitionOf } from './custom-resources.ts';
import { EVENT_COLUMNS, EVENT_FIELDS, EVENT_SCHEMA } from './events.ts';
import type { Served, SubresourceHandler } from './served.ts';
import { fixedSource, storeSource } from './source.ts';

/** By resource and name, as in `workspaces/log`. */
export type SubresourceHandlers = Readonly<Record<string, SubresourceHandler>>;

/** Everything that the server serves: what the CRDs define, events, and, to be read only, namespaces and the CRDs themselves. */
export function servedResources(store: Store, crds: readonly Crd[], handlers: SubresourceHandlers): Served[] {
  const custom = crds.map((crd) => customResource(store, definitionOf(crd), handlers));
  return [...custom, events(store), namespaces(store), customResourceDefinitions(store, crds)];
}

function customResource(store: Store, definition: Definition, handlers: SubresourceHandlers): Served {
  const { resource, categories, hasStatus, printerColumns } = definition;
  const admission = createAdmission(resource, withObjectMeta(definition.schema));
  const own = Object.entries(handlers).filter(([path]) => path.startsWith(`${resource.plural}/`));
  return {
    resource,
    categories,
    hasStatus,
    admission,
    source: storeSource(store, resource, admission),
    columns: printedColumns(printerColumns),
    fields: resource.namespaced ? ['metadata.name', 'metadata.namespace'] : ['metadata.name'],
    subresources: new Map(own.map(([path, handler]) => [path.slice(resource.plural.length + 1), handler])),
  };
}

/** A CRD says of metadata only what is special about it. */
function withObjectMeta(schema: OpenApiSchema): OpenApiSchema {
  const name = schema.properties?.['metadata']?.properties?.['name'] ?? { type: 'string', maxLength: 253 };
  return {
    ...schema,
    required: [...new Set(['metadata', ...(schema.required ?? [])])],
    properties: { ...schema.properties, metadata: objectMetaSchema(name) },
  };
}

function events(store: Store): Served {
  const admission = createAdmission(EVENTS, EVENT_SCHEMA);
  return {
    resource: EVENTS,
    categories: [],
    hasStatus: false,
    admission,
    source: storeSource(store, EVENTS, admission),
    columns: EVENT_COLUMNS,
    fields: EVENT_FIELDS,
    subresources: new Map(),
  };
}

const NAMESPACES: Resource = {
  group: '',
  version: 'v1',
  kind: 'Namespace',
  plural: 'namespaces',
  singular: 'namespace',
  shortNames: ['ns'],
  namespaced: false,
};

/** There is one, since Events need one. */
function namespaces(store: Store): Served {
  const object: KubeObject = {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: fixedMetadata(DEFAULT_NAMESPACE, store),
    spec: { finalizers: ['kubernetes'] },
    status: { phase: 'Active' },
  };
  const columns = [
    { name: 'Status', type: 'string', jsonPath: '.status.phase' },
    { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' },
  ];
  return readOnly(NAMESPACES, [object], store, columns);
}

const CRDS: Resource = {
  group: 'apiextensions.k8s.io',
  version: 'v1',
  kind: 'CustomResourceDefinition',
  plural: 'customresourcedefinitions',
  singular: 'customresourcedefinition',
  shortNames: ['crd', 'crds'],
  namespaced: false,
};

function customResourceDefinitions(store: Store, crds: readonly Crd[]): Served {
  const objects = crds.map((crd) => ({
    ...crd,
    metadata: { ...crd.metadata, ...fixedMetadata(crd.metadata.name, store) },
    status: crdStatus(crd),
  }));
  const columns = [{ name: 'Created At', type: 'date', jsonPath: '.metadata.creationTimestamp' }];
  return readOnly(CRDS, objects, store, columns);
}

function crdStatus({ spec }: Crd): unknown {
  const condition = (type: string): object => ({ type, status: 'True', reason: 'Served', message: '' });
  return {
    acceptedNames: spec.names,
    storedVersions: spec.versions.map(({ name }) => name),
    conditions: [condition('NamesAccepted'), condition('Established')],
  };
}

function readOnly(
  resource: Resource,
  objects: readonly KubeObject[],
  store: Store,
  columns: Parameters<typeof printedColumns>[0],
): Served {
  return {
    resource,
    categories: [],
    hasStatus: false,
    source: fixedSource(objects, () => store.resourceVersion()),
    columns: printedColumns(columns),
    fields: ['metadata.name'],
    subresources: new Map(),
  };
}

/** The same at each start, since clients take another uid for another object. */
function fixedMetadata(name: string, store: Store): KubeObject['metadata'] {
  return { name, uid: `${store.installId}-${name}`, resourceVersion: '1', generation: 1 };
}
