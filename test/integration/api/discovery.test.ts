import { describe, expect, it } from 'vitest';
import { API_VERSION } from '../../../src/api/scheme.ts';
import { createApiFixture } from '../../support/api-fixture.ts';

describe('discovery', () => {
  it('lists groups and resources, with what can be done with them', async () => {
    const { request } = await createApiFixture({ subresources: { 'workspaces/log': () => 'x' } });
    const groups = (await request('GET', '/apis')).json as { groups?: { name: string }[] };
    expect(groups.groups?.map(({ name }) => name)).toEqual(['dual.dev', 'apiextensions.k8s.io']);
    expect((await request('GET', '/api')).json).toMatchObject({ kind: 'APIVersions', versions: ['v1'] });
    const list = (await request('GET', '/apis/dual.dev/v1alpha1')).json as {
      resources?: { name: string; verbs: string[] }[];
    };
    expect(list).toMatchObject({ kind: 'APIResourceList', groupVersion: API_VERSION });
    expect(list.resources?.map(({ name, verbs }) => [name, verbs.length])).toEqual([
      ['projects', 7],
      ['projects/status', 3],
      ['workspaces', 7],
      ['workspaces/status', 3],
      ['workspaces/log', 1],
    ]);
    expect(list.resources?.[2]).toMatchObject({
      kind: 'Workspace',
      singularName: 'workspace',
      shortNames: ['ws'],
      namespaced: false,
    });
    expect((await request('GET', '/api/v1')).json).toMatchObject({
      resources: [
        { name: 'events', namespaced: true },
        { name: 'namespaces', verbs: ['get', 'list', 'watch'] },
      ],
    });
  });

  it('serves the CRDs and the one namespace, to be read', async () => {
    const { request } = await createApiFixture();
    const crds = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
    expect((await request('GET', `${crds}/workspaces.dual.dev`)).json).toMatchObject({
      spec: { names: { kind: 'Workspace' } },
    });
    expect((await request('GET', '/api/v1/namespaces')).json).toMatchObject({
      kind: 'NamespaceList',
      items: [{ metadata: { name: 'default' } }],
    });
    expect((await request('DELETE', '/api/v1/namespaces/default')).code).toBe(405);
  });

  it('tells version and health', async () => {
    const { request } = await createApiFixture();
    expect((await request('GET', '/version')).json).toMatchObject({ gitVersion: 'v1.2.3', major: '1', minor: '2' });
    for (const url of ['/healthz', '/livez', '/readyz']) {
      expect(await request('GET', url)).toMatchObject({ code: 200, text: 'ok' });
      expect(await request('HEAD', url)).toMatchObject({ code: 200, text: '' });
    }
  });
});
