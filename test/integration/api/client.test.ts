import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../../../src/api/meta.ts';
import { PROJECTS, WORKSPACES } from '../../../src/api/scheme.ts';
import { createClient } from '../../../src/client/http-client.ts';
import { patchStatus } from '../../../src/client/patch-status.ts';
import { isApiError } from '../../../src/errors/api-error.ts';
import { createApiFixture } from '../../support/api-fixture.ts';
import { projectObject, workspaceObject } from '../../support/store-fixture.ts';

const COLLECTION = '/apis/dual.dev/v1alpha1/workspaces';

describe('the client', () => {
  it('creates with defaults, gets, lists, updates and deletes', async () => {
    const { client } = await createApiFixture();
    const created = await client.create(WORKSPACES, workspaceObject('a', { status: { phase: 'Ready' } }));
    expect(created).toMatchObject({
      spec: { state: 'Running', deletionPolicy: 'Retain' },
      metadata: { generation: 1 },
    });
    expect(created.status).toBeUndefined();
    expect(await client.get(WORKSPACES, 'a')).toEqual(created);
    const updated = await client.update(WORKSPACES, { ...created, spec: { project: 'light', branch: 'dev' } });
    expect(updated).toMatchObject({ spec: { branch: 'dev', state: 'Running' }, metadata: { generation: 2 } });
    expect(await client.list(WORKSPACES)).toMatchObject({ kind: 'WorkspaceList', items: [updated] });
    expect(await client.delete(WORKSPACES, 'a')).toBeUndefined();
    await expect(client.get(WORKSPACES, 'a')).rejects.toThrow('workspaces.dual.dev "a" not found');
  });

  it('lists by labels and page by page', async () => {
    const { client } = await createApiFixture();
    for (const name of ['a', 'b', 'c']) {
      await client.create(WORKSPACES, workspaceObject(name, { metadata: { labels: { odd: String(name !== 'b') } } }));
    }
    const odd = await client.list(WORKSPACES, { labelSelector: 'odd in (true)', fieldSelector: 'metadata.name!=c' });
    expect(odd.items.map(({ metadata }) => metadata.name)).toEqual(['a']);
    const first = await client.list(WORKSPACES, { limit: 2 });
    expect(first.metadata).toMatchObject({ remainingItemCount: 1 });
    const second = await client.list(WORKSPACES, { limit: 2, continue: first.metadata.continue! });
    expect(second.items.map(({ metadata }) => metadata.name)).toEqual(['c']);
  });

  it('patches either way, and keeps main and status apart', async () => {
    const { client } = await createApiFixture();
    await client.create(WORKSPACES, workspaceObject('a'));
    const merged = await client.patch(WORKSPACES, 'a', {
      spec: { state: 'Lazy', from: 'v1' },
      status: { phase: 'Ready' },
    });
    expect(merged).toMatchObject({ spec: { state: 'Lazy', from: 'v1', branch: 'main' }, metadata: { generation: 2 } });
    expect(merged.status).toBeUndefined();
    const patch = [
      { op: 'test', path: '/spec/state', value: 'Lazy' },
      { op: 'remove', path: '/spec/from' },
      { op: 'remove', path: '/spec/state' },
    ];
    const patched = await client.patch(WORKSPACES, 'a', patch, { type: 'application/json-patch+json' });
    expect(patched.spec).toEqual({ project: 'light', branch: 'main', state: 'Running', deletionPolicy: 'Retain' });
    const status = await client.patch(
      WORKSPACES,
      'a',
      { spec: { state: 'Stopped' }, metadata: { labels: { x: 'y' } }, status: { phase: 'Ready' } },
      { subresource: 'status' },
    );
    expect(status).toMatchObject({
      spec: { state: 'Running' },
      status: { phase: 'Ready' },
      metadata: { generation: 3 },
    });
    expect(status.metadata.labels).toBeUndefined();
  });

  it('checks what a patch leads to', async () => {
    const { client } = await createApiFixture();
    const { metadata } = await client.create(WORKSPACES, workspaceObject('a'));
    await expect(client.patch(WORKSPACES, 'a', { spec: { branch: null } })).rejects.toThrow(
      'spec.branch: Required value',
    );
    await expect(client.patch(WORKSPACES, 'a', { metadata: { name: 'b' } })).rejects.toThrow(
      'does not match the name on the URL',
    );
    await expect(client.patch(WORKSPACES, 'a', { metadata: { resourceVersion: '1' } })).rejects.toThrow(
      'has been modified',
    );
    await expect(client.patch(WORKSPACES, 'a', { metadata: { uid: 'x' } })).rejects.toThrow('UID in precondition');
    await expect(client.patch(WORKSPACES, 'b', {})).rejects.toThrow('not found');
    await expect(
      client.patch(WORKSPACES, 'a', { status: { phase: 'Odd' } }, { subresource: 'status' }),
    ).rejects.toThrow('status.phase: Unsupported value: "Odd"');
    expect((await client.get(WORKSPACES, 'a')).metadata).toEqual(metadata);
  });

  it('refuses to replace without a version, or from an old one', async () => {
    const { client, request } = await createApiFixture();
    const created = await client.create(WORKSPACES, workspaceObject('a'));
    await client.patch(WORKSPACES, 'a', { spec: { state: 'Lazy' } });
    const stale = await client.update(WORKSPACES, created).catch((error: unknown) => error);
    expect(isApiError(stale, 'Conflict') && stale.code).toBe(409);
    expect((await request('PUT', `${COLLECTION}/a`, { body: workspaceObject('a') })).json).toMatchObject({
      code: 422,
      message:
        'Workspace.dual.dev "a" is invalid: metadata.resourceVersion: Invalid value: 0x0: must be specified for an update',
    });
    await expect(
      client.update(WORKSPACES, { ...created, metadata: { ...created.metadata, name: 'b' } }),
    ).rejects.toThrow('not found');
  });

  it('changes nothing in a dry run', async () => {
    const { client, store } = await createApiFixture();
    await client.create(WORKSPACES, workspaceObject('a'));
    const version = store.resourceVersion();
    expect(await client.create(WORKSPACES, workspaceObject('b'), { dryRun: true })).toMatchObject({
      spec: { state: 'Running' },
    });
    expect(await client.patch(WORKSPACES, 'a', { spec: { state: 'Lazy' } }, { dryRun: true })).toMatchObject({
      spec: { state: 'Lazy' },
    });
    expect(await client.delete(WORKSPACES, 'a', { dryRun: true })).toBeUndefined();
    await expect(client.create(WORKSPACES, workspaceObject('c', { spec: { x: 1 } }), { dryRun: true })).rejects.toThrow(
      'spec.x: unknown field',
    );
    expect(store.resourceVersion()).toBe(version);
  });

  it('deletes what has finalizers in two steps, and nothing can hold it up anew', async () => {
    const { client, request } = await createApiFixture();
    const finalizers = ['dual.dev/cleanup'];
    const created = await client.create(PROJECTS, projectObject('p', { metadata: { finalizers } }));
    await expect(client.delete(PROJECTS, 'p', { uid: 'other' })).rejects.toThrow('UID in precondition: other');
    const held = await client.delete(PROJECTS, 'p', { propagationPolicy: 'Foreground' });
    expect(held?.metadata.deletionTimestamp).toBeDefined();
    await expect(client.patch(PROJECTS, 'p', { metadata: { finalizers: [...finalizers, 'x/y'] } })).rejects.toThrow(
      'Forbidden: no new finalizers can be added',
    );
    await client.patch(PROJECTS, 'p', { metadata: { finalizers: null } });
    await expect(client.get(PROJECTS, 'p')).rejects.toThrow('not found');
    const again = await client.create(PROJECTS, projectObject('p'));
    expect(again.metadata.uid).not.toBe(created.metadata.uid);
    expect((await request('DELETE', '/apis/dual.dev/v1alpha1/projects/p')).json).toMatchObject({
      kind: 'Status',
      status: 'Success',
      details: { name: 'p', group: 'dual.dev', kind: 'projects', uid: again.metadata.uid },
    });
  });

  it('loses no update when many write at once', async () => {
    const { client } = await createApiFixture();
    await client.create(WORKSPACES, workspaceObject('a', { metadata: { annotations: { count: '0' } } }));
    let conflicts = 0;
    const increment = async (): Promise<void> => {
      for (;;) {
        const object = await client.get(WORKSPACES, 'a');
        const count = String(Number(object.metadata.annotations?.['count']) + 1);
        try {
          await client.update(WORKSPACES, { ...object, metadata: { ...object.metadata, annotations: { count } } });
          return;
        } catch (error) {
          if (!isApiError(error, 'Conflict')) throw error;
          conflicts += 1;
        }
      }
    };
    await Promise.all(Array.from({ length: 20 }, increment));
    expect((await client.get(WORKSPACES, 'a')).metadata.annotations).toEqual({ count: '20' });
    expect(conflicts).toBeGreaterThan(0);
  });

  it('writes a status only where it differs', async () => {
    const { client, store } = await createApiFixture();
    const created = await client.create(WORKSPACES, workspaceObject('a'));
    const written = await patchStatus<KubeObject>(client, WORKSPACES, created, { phase: 'Ready', clone: undefined });
    expect(written.status).toEqual({ phase: 'Ready' });
    const version = store.resourceVersion();
    expect(await patchStatus<KubeObject>(client, WORKSPACES, written, { phase: 'Ready', clone: undefined })).toBe(
      written,
    );
    expect(store.resourceVersion()).toBe(version);
    await expect(patchStatus<KubeObject>(client, WORKSPACES, created, { phase: 'Stopped' })).rejects.toThrow(
      'has been modified',
    );
  });

  it('says what to do when no daemon answers', async () => {
    const fixture = await createApiFixture();
    await fixture.stop();
    await expect(fixture.client.get(WORKSPACES, 'a')).rejects.toMatchObject({
      name: 'ConnectionError',
      code: 'ENOENT',
      message: expect.stringContaining('dual daemon start') as string,
    });
    await fixture.restart();
    expect((await fixture.client.list(WORKSPACES)).items).toEqual([]);
  });

  it('can be closed with requests under way', async () => {
    const { socketPath } = await createApiFixture();
    const client = createClient(socketPath);
    const { signal } = new AbortController();
    const watching = (async () => {
      for await (const _event of client.watch(WORKSPACES, { signal }));
    })();
    await client.list(WORKSPACES);
    await Promise.all([client.close(), expect(watching).rejects.toMatchObject({ name: 'ConnectionError' })]);
  });
});
