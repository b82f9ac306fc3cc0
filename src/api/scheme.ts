/** What kinds there are and how they are addressed. The one list that the server, the client and the CLIs go by. */
export interface Resource {
  group: string;
  version: string;
  kind: string;
  plural: string;
  singular: string;
  shortNames: readonly string[];
  namespaced: boolean;
}

export const GROUP = 'dual.dev';
export const VERSION = 'v1alpha1';
export const API_VERSION = `${GROUP}/${VERSION}`;

/** The namespace of Events. */
export const DEFAULT_NAMESPACE = 'default';

export const PROJECTS: Resource = {
  group: GROUP,
  version: VERSION,
  kind: 'Project',
  plural: 'projects',
  singular: 'project',
  shortNames: ['proj'],
  namespaced: false,
};

export const WORKSPACES: Resource = {
  group: GROUP,
  version: VERSION,
  kind: 'Workspace',
  plural: 'workspaces',
  singular: 'workspace',
  shortNames: ['ws'],
  namespaced: false,
};

export const EVENTS: Resource = {
  group: '',
  version: 'v1',
  kind: 'Event',
  plural: 'events',
  singular: 'event',
  shortNames: ['ev'],
  namespaced: true,
};

export const RESOURCES: readonly Resource[] = [PROJECTS, WORKSPACES, EVENTS];

/** `dual.dev/v1alpha1`, or `v1` for the core group. */
export function apiVersionOf(resource: Resource): string {
  return resource.group === '' ? resource.version : `${resource.group}/${resource.version}`;
}

/** `workspaces.dual.dev`: how Kubernetes names a resource in messages. */
export function qualifiedName(resource: Resource): string {
  return resource.group === '' ? resource.plural : `${resource.plural}.${resource.group}`;
}

/** Finds a resource by plural, singular, short name or kind, in any case, with or without `.group`. */
export function findResource(name: string): Resource | undefined {
  const wanted = name.toLowerCase();
  return RESOURCES.find((resource) =>
    [
      resource.plural,
      resource.singular,
      resource.kind.toLowerCase(),
      qualifiedName(resource),
      ...resource.shortNames,
    ].includes(wanted),
  );
}

/** The path of a collection on the API server, as in `/apis/dual.dev/v1alpha1/workspaces`. */
export function collectionPath(resource: Resource, namespace = DEFAULT_NAMESPACE): string {
  const root = resource.group === '' ? `/api/${resource.version}` : `/apis/${resource.group}/${resource.version}`;
  return resource.namespaced ? `${root}/namespaces/${namespace}/${resource.plural}` : `${root}/${resource.plural}`;
}
