import { describe, expect, it } from 'vitest';
import { ANNOTATION_LAST_APPLIED } from '../../../src/api/labels.ts';
import type { KubeObject } from '../../../src/api/meta.ts';
import { WORKSPACES } from '../../../src/api/scheme.ts';
import type { Workspace } from '../../../src/api/types.ts';
import { apply } from '../../../src/client/apply.ts';
import { createApiFixture } from '../../support/api-fixture.ts';
import { workspace } from '../../support/objects.ts';

const declared = (spec: Record<string, unknown> = {}): KubeObject =>
  workspace('shop-main', { project: 'shop', branch: 'main', ...spec }) as KubeObject;

describe('apply', () => {
  it('creates, then finds nothing to do, then changes', async () => {
    const { client } = await createApiFixture();
    expect((await apply(client, declared())).result).toBe('created');
    expect((await apply(client, declared())).result).toBe('unchanged');
    const { result, object } = await apply(client, declared({ state: 'Stopped' }));
    expect(result).toBe('configured');
    expect(object.spec).toEqual({ project: 'shop', branch: 'main', state: 'Stopped', deletionPolicy: 'Retain' });
  });

  it('takes back what is no longer declared, and leaves what others have set', async () => {
    const { client } = await createApiFixture();
    await apply(client, declared({ from: 'dev' }));
    await client.patch(WORKSPACES, 'shop-main', { spec: { state: 'Stopped' }, metadata: { labels: { by: 'hand' } } });
    const { object } = await apply(client, declared());
    expect(object.spec).toEqual({ project: 'shop', branch: 'main', state: 'Stopped', deletionPolicy: 'Retain' });
    expect(object.metadata.labels).toEqual({ by: 'hand' });
  });

  it("writes down what was declared in kubectl's own way", async () => {
    const { client } = await createApiFixture();
    const { object } = await apply(client, declared());
    expect(object.metadata.annotations?.[ANNOTATION_LAST_APPLIED]).toBe(
      '{"apiVersion":"dual.dev/v1alpha1","kind":"Workspace","metadata":{"annotations":{},"name":"shop-main"},' +
        '"spec":{"branch":"main","project":"shop"}}\n',
    );
  });

  it('changes nothing on a dry run, and says what it would', async () => {
    const { client } = await createApiFixture();
    expect((await apply(client, declared(), { dryRun: true })).result).toBe('created');
    await expect(client.get(WORKSPACES, 'shop-main')).rejects.toMatchObject({ reason: 'NotFound' });
    await apply(client, declared());
    const { result, object } = await apply(client, declared({ state: 'Lazy' }), { dryRun: true });
    expect([result, (object as Workspace).spec.state]).toEqual(['configured', 'Lazy']);
    expect((await client.get<Workspace>(WORKSPACES, 'shop-main')).spec.state).toBe('Running');
  });

  it('many at once on one object all come through', async () => {
    const { client } = await createApiFixture();
    const states = ['Running', 'Stopped', 'Lazy', 'Running', 'Stopped', 'Lazy'];
    const results = await Promise.all(states.map((state) => apply(client, declared({ state }))));
    expect(results.filter(({ result }) => result === 'created')).toHaveLength(1);
  });

  it('refuses a declaration of an older version', async () => {
    const { client } = await createApiFixture();
    const { object } = await apply(client, declared());
    await apply(client, declared({ state: 'Lazy' }));
    const old = declared({ state: 'Stopped' });
    old.metadata = { ...old.metadata, resourceVersion: object.metadata.resourceVersion ?? '' };
    await expect(apply(client, old)).rejects.toMatchObject({ reason: 'Conflict' });
  });

  it('says which annotation is in the way', async () => {
    const { client } = await createApiFixture();
    await apply(client, declared());
    await client.patch(WORKSPACES, 'shop-main', { metadata: { annotations: { [ANNOTATION_LAST_APPLIED]: '{' } } });
    await expect(apply(client, declared())).rejects.toThrow(
      /Workspace "shop-main": .*last-applied-configuration is not JSON/,
    );
  });
});
