import net from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { KubeObject, WatchEvent } from '../../../src/api/meta.ts';
import { PROJECTS, WORKSPACES } from '../../../src/api/scheme.ts';
import type { WatchOptions } from '../../../src/client/client.ts';
import { createApiFixture } from '../../support/api-fixture.ts';
import type { ApiFixture } from '../../support/api-fixture.ts';
import { eventually } from '../../support/eventually.ts';
import { createFakeClock } from '../../support/fake-clock.ts';
import { projectObject, workspaceObject } from '../../support/store-fixture.ts';

const COLLECTION = '/apis/dual.dev/v1alpha1/workspaces';

interface Watching {
  /** As in `ADDED a`. */
  seen: string[];
  events: WatchEvent<KubeObject>[];
  ended: Promise<unknown>;
  stop(): void;
}

function watch({ client }: ApiFixture, options: Partial<WatchOptions> = {}): Watching {
  const controller = new AbortController();
  onTestFinished(() => controller.abort());
  const events: WatchEvent<KubeObject>[] = [];
  const seen: string[] = [];
  const run = async (): Promise<void> => {
    for await (const event of client.watch(WORKSPACES, { ...options, signal: controller.signal })) {
      events.push(event);
      seen.push(`${event.type} ${event.object.metadata.name ?? event.object.metadata.resourceVersion}`);
    }
  };
  return { seen, events, ended: run().catch((error: unknown) => error), stop: () => controller.abort() };
}

describe('a watch', () => {
  it('begins with what there is, and goes on from there', async () => {
    const fixture = await createApiFixture();
    await fixture.client.create(WORKSPACES, workspaceObject('a'));
    const { seen } = watch(fixture);
    await eventually(() => expect(seen).toEqual(['ADDED a']));
    await fixture.client.create(WORKSPACES, workspaceObject('b'));
    await fixture.client.create(PROJECTS, projectObject('p'));
    await fixture.client.patch(WORKSPACES, 'b', { spec: { state: 'Lazy' } });
    await fixture.client.patch(WORKSPACES, 'b', { spec: { state: 'Lazy' } });
    await fixture.client.delete(WORKSPACES, 'a');
    await eventually(() => expect(seen).toEqual(['ADDED a', 'ADDED b', 'MODIFIED b', 'DELETED a']));
  });

  it('resumes from a version, also after a restart of the server', async () => {
    const fixture = await createApiFixture();
    await fixture.client.create(WORKSPACES, workspaceObject('a'));
    const { metadata } = await fixture.client.list(WORKSPACES);
    const first = watch(fixture, { resourceVersion: metadata.resourceVersion });
    await fixture.client.create(WORKSPACES, workspaceObject('b'));
    await eventually(() => expect(first.seen).toEqual(['ADDED b']));
    await fixture.restart();
    expect(await first.ended).toBeUndefined();
    await fixture.client.create(WORKSPACES, workspaceObject('c'));
    const second = watch(fixture, { resourceVersion: metadata.resourceVersion });
    await eventually(() => expect(second.seen).toEqual(['ADDED b', 'ADDED c']));
  });

  it('that is too old, or from another store, is told so', async () => {
    const fixture = await createApiFixture({ limits: { rows: 10, bytes: 1e9 } });
    for (let count = 0; count < 30; count += 1) await fixture.client.create(WORKSPACES, workspaceObject(`w${count}`));
    for (const resourceVersion of ['1', '9999']) {
      expect(await watch(fixture, { resourceVersion }).ended).toMatchObject({ reason: 'Expired', code: 410 });
    }
  });

  it('that was up to date is not cut off by what others write', async () => {
    const fixture = await createApiFixture({ limits: { rows: 10, bytes: 1e9 } });
    const { seen } = watch(fixture, { resourceVersion: '1' });
    await fixture.client.create(WORKSPACES, workspaceObject('a'));
    await eventually(() => expect(seen).toEqual(['ADDED a']));
    for (let count = 0; count < 30; count += 1) await fixture.client.create(PROJECTS, projectObject(`p${count}`));
    await fixture.client.create(WORKSPACES, workspaceObject('b'));
    await eventually(() => expect(seen).toEqual(['ADDED a', 'ADDED b']));
  });

  it('with a selector sees objects come and go as they begin and cease to match', async () => {
    const fixture = await createApiFixture();
    const { seen, events } = watch(fixture, { labelSelector: 'team=a' });
    await fixture.client.create(WORKSPACES, workspaceObject('x', { metadata: { labels: { team: 'b' } } }));
    await fixture.client.patch(WORKSPACES, 'x', { metadata: { labels: { team: 'a' } } });
    await fixture.client.patch(WORKSPACES, 'x', { spec: { state: 'Lazy' } });
    const last = await fixture.client.patch(WORKSPACES, 'x', { metadata: { labels: { team: null } } });
    await fixture.client.delete(WORKSPACES, 'x');
    await fixture.client.create(WORKSPACES, workspaceObject('y', { metadata: { labels: { team: 'a' } } }));
    await eventually(() => expect(seen).toEqual(['ADDED x', 'MODIFIED x', 'DELETED x', 'ADDED y']));
    expect(events[2]?.object.metadata).toMatchObject({
      labels: { team: 'a' },
      resourceVersion: last.metadata.resourceVersion,
    });
  });

  it('of one object by name leaves out the others', async () => {
    const fixture = await createApiFixture();
    const { seen } = watch(fixture, { fieldSelector: 'metadata.name=b' });
    for (const name of ['a', 'b', 'c']) await fixture.client.create(WORKSPACES, workspaceObject(name));
    await fixture.client.delete(WORKSPACES, 'b');
    await eventually(() => expect(seen).toEqual(['ADDED b', 'DELETED b']));
  });

  it('tells where the initial events end, and ends when its time is up', async () => {
    const { client, request } = await createApiFixture();
    await client.create(WORKSPACES, workspaceObject('a'));
    const { text } = await request(
      'GET',
      `${COLLECTION}?watch=1&sendInitialEvents=true&allowWatchBookmarks=true&timeoutSeconds=1`,
    );
    const [added, bookmark, ...rest] = text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as WatchEvent<KubeObject>);
    expect(added).toMatchObject({ type: 'ADDED', object: { metadata: { name: 'a' } } });
    expect(bookmark).toMatchObject({
      type: 'BOOKMARK',
      object: {
        kind: 'Workspace',
        metadata: { resourceVersion: '2', annotations: { 'k8s.io/initial-events-end': 'true' } },
      },
    });
    expect(rest).toEqual([]);
  });

  it('sends Tables to those who want Tables', async () => {
    const { client, request } = await createApiFixture();
    await client.create(WORKSPACES, workspaceObject('a'));
    const headers = { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io' };
    const { text } = await request('GET', `${COLLECTION}?watch=1&timeoutSeconds=1`, { headers });
    expect(JSON.parse(text)).toMatchObject({
      type: 'ADDED',
      object: { kind: 'Table', rows: [{ object: { metadata: { name: 'a' } } }] },
    });
  });

  it('is kept up to date by bookmarks while others write', async () => {
    const clock = createFakeClock();
    const fixture = await createApiFixture({ clock });
    const { seen } = watch(fixture, { resourceVersion: '1', allowWatchBookmarks: true });
    await fixture.client.create(WORKSPACES, workspaceObject('a'));
    await eventually(() => expect(seen).toEqual(['ADDED a']));
    clock.advance(60_000);
    await fixture.client.create(PROJECTS, projectObject('p'));
    clock.advance(60_000);
    await eventually(() => expect(seen).toEqual(['ADDED a', 'BOOKMARK 3']));
    clock.advance(60_000);
    await fixture.client.create(WORKSPACES, workspaceObject('b'));
    await eventually(() => expect(seen).toEqual(['ADDED a', 'BOOKMARK 3', 'ADDED b']));
  });

  it('whose client reads nothing holds up nobody, and nothing is kept for it', async () => {
    const fixture = await createApiFixture({ limits: { rows: 10, bytes: 1e9 } });
    const socket = net.connect(fixture.socketPath);
    onTestFinished(() => void socket.destroy());
    socket.pause();
    socket.write(`GET ${COLLECTION}?watch=1 HTTP/1.1\r\nHost: x\r\n\r\n`);
    await fixture.client.create(WORKSPACES, workspaceObject('a'));
    const written = 40 * 500_000;
    for (let count = 0; count < 40; count += 1) {
      await fixture.client.patch(WORKSPACES, 'a', {
        metadata: { annotations: { x: `${count}${'x'.repeat(500_000)}` } },
      });
    }
    let received = 0;
    let last = '';
    socket.on('data', (chunk: Buffer) => {
      received += chunk.length;
      last = (last + chunk.subarray(-500).toString()).slice(-1000);
    });
    socket.resume();
    await eventually(() => expect(last).toContain('too old resource version'));
    expect(received).toBeLessThan(written / 4);
  });
});
