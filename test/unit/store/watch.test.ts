import { describe, expect, it } from 'vitest';
import { PROJECTS, WORKSPACES } from '../../../src/api/scheme.ts';
import { isApiError } from '../../../src/errors/api-error.ts';
import type { Change } from '../../../src/store/watch-log.ts';
import { createStoreFixture, projectObject, workspaceObject } from '../../support/store-fixture.ts';

/** As in `ADDED a 2`. */
function brief({ type, object, resourceVersion }: Change): string {
  return `${type} ${object.metadata.name} ${resourceVersion}`;
}

function isExpired(work: () => unknown): boolean {
  try {
    work();
    return false;
  } catch (error) {
    return isApiError(error, 'Expired');
  }
}

describe('watching the store', () => {
  it('replays what came since, then goes on, without gap or repetition', () => {
    const { store } = createStoreFixture();
    store.create(WORKSPACES, workspaceObject('a'));
    const from = store.list(WORKSPACES).resourceVersion;
    const b = store.create(WORKSPACES, workspaceObject('b'));
    store.create(PROJECTS, projectObject('p'));
    const seen: string[] = [];
    const stop = store.watch(WORKSPACES, from, (change) => seen.push(brief(change)));
    store.update(WORKSPACES, { ...b, spec: {} });
    store.delete(WORKSPACES, 'a');
    stop();
    store.delete(WORKSPACES, 'b');
    expect(seen).toEqual(['ADDED b 3', 'MODIFIED b 5', 'DELETED a 6']);
  });

  it('resumes across a restart', () => {
    const fixture = createStoreFixture();
    const { resourceVersion } = fixture.store.list(WORKSPACES);
    fixture.store.create(WORKSPACES, workspaceObject('a'));
    const seen: string[] = [];
    fixture.reopen().watch(WORKSPACES, resourceVersion, (change) => seen.push(brief(change)));
    expect(seen).toEqual(['ADDED a 2']);
  });

  it('tells what the object was before', () => {
    const { store } = createStoreFixture();
    const created = store.create(WORKSPACES, workspaceObject('a'));
    const updated = store.update(WORKSPACES, { ...created, spec: {} });
    store.delete(WORKSPACES, 'a');
    const changes = store.changes(WORKSPACES, 1, 10);
    expect(changes.map(({ previous }) => previous)).toEqual([undefined, created, updated]);
    expect(changes[2]?.object.metadata.resourceVersion).toBe('4');
  });

  it('tells everybody the same order, also when a listener writes', () => {
    const { store } = createStoreFixture();
    const first: string[] = [];
    const second: string[] = [];
    store.watch(WORKSPACES, 1, (change) => {
      first.push(brief(change));
      if (change.object.metadata.name === 'a') store.create(WORKSPACES, workspaceObject('b'));
    });
    store.watch(WORKSPACES, 1, (change) => second.push(brief(change)));
    store.create(WORKSPACES, workspaceObject('a'));
    expect(first).toEqual(['ADDED a 2', 'ADDED b 3']);
    expect(second).toEqual(first);
  });

  it('goes on when a listener throws', () => {
    const { store } = createStoreFixture();
    const seen: string[] = [];
    store.watch(WORKSPACES, 1, () => {
      throw new Error('broken');
    });
    store.watch(WORKSPACES, 1, (change) => seen.push(brief(change)));
    expect(store.create(WORKSPACES, workspaceObject('a')).metadata.name).toBe('a');
    expect(seen).toEqual(['ADDED a 2']);
  });

  it('says that it has expired when the log was trimmed, or never was there', () => {
    const fixture = createStoreFixture({ rows: 20, bytes: 1e9 });
    for (let count = 0; count < 100; count += 1) fixture.store.create(WORKSPACES, workspaceObject(`w${count}`));
    const newest = fixture.store.resourceVersion();
    for (const take of [() => fixture.store, () => fixture.reopen()]) {
      const store = take();
      expect(isExpired(() => store.watch(WORKSPACES, 1, () => undefined))).toBe(true);
      expect(isExpired(() => store.changes(PROJECTS, 1, 10))).toBe(true);
      expect(isExpired(() => store.changes(WORKSPACES, newest + 1, 10))).toBe(true);
      expect(store.changes(WORKSPACES, newest, 10)).toEqual([]);
      expect(store.changes(WORKSPACES, newest - 15, 100)).toHaveLength(15);
    }
  });

  it('bounds the log by its size too', () => {
    const { store } = createStoreFixture({ rows: 1000, bytes: 100_000 });
    const annotations = { x: 'x'.repeat(10_000) };
    for (let count = 0; count < 50; count += 1)
      store.create(WORKSPACES, workspaceObject(`w${count}`, { metadata: { annotations } }));
    expect(isExpired(() => store.changes(WORKSPACES, 1, 10))).toBe(true);
    expect(isExpired(() => store.changes(WORKSPACES, store.resourceVersion() - 1, 10))).toBe(false);
  });
});
