import type { FastifyInstance } from 'fastify';
import { apiVersionOf } from '../../api/scheme.ts';
import type { Served } from '../served/served.ts';

/** What tells a client which resources there are, and what can be done with them. */
export function addDiscovery(app: FastifyInstance, served: readonly Served[]): void {
  const groups = [...new Set(served.map(({ resource }) => resource.group))].filter((group) => group !== '');
  const documents: [string, unknown][] = [
    ['/api', { kind: 'APIVersions', apiVersion: 'v1', versions: ['v1'], serverAddressByClientCIDRs: [] }],
    ['/api/v1', resourceList(served.filter(({ resource }) => resource.group === ''))],
    ['/apis', { kind: 'APIGroupList', apiVersion: 'v1', groups: groups.map((name) => groupOf(served, name)) }],
    ...groups.flatMap((name): [string, unknown][] => {
      const group = groupOf(served, name);
      const members = served.filter(({ resource }) => resource.group === name);
      return [
        [`/apis/${name}`, { kind: 'APIGroup', apiVersion: 'v1', ...group }],
        [`/apis/${group.preferredVersion.groupVersion}`, resourceList(members)],
      ];
    }),
  ];
  for (const [url, document] of documents) app.get(url, () => document);
  app.get('/', () => ({
    paths: [...documents.map(([url]) => url), '/healthz', '/livez', '/readyz', '/version'].sort(),
  }));
}

interface GroupVersion {
  groupVersion: string;
  version: string;
}

function groupOf(
  served: readonly Served[],
  name: string,
): { name: string; versions: GroupVersion[]; preferredVersion: GroupVersion } {
  const { resource } = served.find((candidate) => candidate.resource.group === name)!;
  const version = { groupVersion: apiVersionOf(resource), version: resource.version };
  return { name, versions: [version], preferredVersion: version };
}

function resourceList(served: readonly Served[]): unknown {
  return {
    kind: 'APIResourceList',
    apiVersion: 'v1',
    groupVersion: apiVersionOf(served[0]!.resource),
    resources: served.flatMap(resourceRows),
  };
}

const READ = ['get', 'list', 'watch'];
const WRITE = ['create', 'delete', 'get', 'list', 'patch', 'update', 'watch'];

function resourceRows({ resource, categories, admission, hasStatus, subresources }: Served): object[] {
  const { plural, singular, namespaced, kind, shortNames } = resource;
  const subresource = (name: string, verbs: string[]): object => ({
    name: `${plural}/${name}`,
    singularName: '',
    namespaced,
    kind,
    verbs,
  });
  return [
    {
      name: plural,
      singularName: singular,
      namespaced,
      kind,
      verbs: admission ? WRITE : READ,
      shortNames,
      ...(categories.length > 0 ? { categories } : {}),
    },
    ...(hasStatus ? [subresource('status', ['get', 'patch', 'update'])] : []),
    ...[...subresources.keys()].map((name) => subresource(name, ['get'])),
  ];
}
