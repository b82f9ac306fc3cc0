import { statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { KubeObject } from '../../../src/api/meta.ts';
import { EVENTS, PROJECTS, WORKSPACES } from '../../../src/api/scheme.ts';
import { isApiError } from '../../../src/errors/api-error.ts';
import { silentLog } from '../../../src/log/log.ts';
import { openDatabase } from '../../../src/store/database.ts';
import { StoreError } from '../../../src/store/errors.ts';
import { createStore } from '../../../src/store/store.ts';
import { createStoreFixture, workspaceObject } from '../../support/store-fixture.ts';

function refusal(work: () => unknown): { reason: string; message: string } {
  try {
    work();
  } catch (error) {
    if (isApiError(error)) return { reason: error.reason, message: error.message };
    throw error;
  }
  throw new Error('nothing was refused');
}

function storeError(work: () => unknown): StoreError {
  try {
    work();
  } catch (error) {
    if (error instanceof StoreError) return error;
    throw error;
  }
  throw new Error('nothing failed');
}

describe('writing', () => {
  it('gives a new object its identity', () => {
    const { store } = createStoreFixture();
    const created = store.create(WORKSPACES, workspaceObject('a', { metadata: { uid: 'mine', labels: {} } }));
    expect(created.metadata).toEqual({
      name: 'a',
      uid: expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
      generation: 1,
      creationTimestamp: '2026-01-02T03:04:05Z',
      resourceVersion: '2',
    });
    expect(store.get(WORKSPACES, 'a')).toEqual(created);
  });

  it('refuses a second object of the same name, but not of another kind', () => {
    const { store } = createStoreFixture();
    store.create(WORKSPACES, workspaceObject('a'));
    expect(refusal(() => store.create(WORKSPACES, workspaceObject('a')))).toEqual({
      reason: 'AlreadyExists',
      message: 'workspaces.dual.dev "a" already exists',
    });
    store.create(PROJECTS, { ...workspaceObject('a'), kind: 'Project' });
  });

  it('has one rising version for all kinds, across restarts', () => {
    const fixture = createStoreFixture();
    const first = fixture.store.create(WORKSPACES, workspaceObject('a'));
    const second = fixture.store.create(PROJECTS, { ...workspaceObject('b'), kind: 'Project' });
    const third = fixture.reopen().create(WORKSPACES, workspaceObject('c'));
    expect([first, second, third].map(({ metadata }) => metadata.resourceVersion)).toEqual(['2', '3', '4']);
  });

  it('refuses an update that was made from an older version, or from none', () => {
    const { store } = createStoreFixture();
    const created = store.create(WORKSPACES, workspaceObject('a'));
    store.update(WORKSPACES, { ...created, spec: { state: 'Lazy' } });
    expect(refusal(() => store.update(WORKSPACES, { ...created, spec: { state: 'Stopped' } }))).toEqual({
      reason: 'Conflict',
      message:
        'Operation cannot be fulfilled on workspaces.dual.dev "a": the object has been modified; please apply your changes to the latest version and try again',
    });
    expect(refusal(() => store.update(WORKSPACES, workspaceObject('a'))).reason).toBe('Conflict');
    expect(store.get(WORKSPACES, 'a')?.spec).toEqual({ state: 'Lazy' });
  });

  it('refuses an update of an object that was made anew meanwhile', () => {
    const { store } = createStoreFixture();
    const { metadata } = store.create(WORKSPACES, workspaceObject('a'));
    store.delete(WORKSPACES, 'a');
    const again = store.create(WORKSPACES, workspaceObject('a'));
    expect(again.metadata.uid).not.toBe(metadata.uid);
    expect(refusal(() => store.update(WORKSPACES, workspaceObject('a', { metadata }))).message).toContain(
      'UID in precondition',
    );
  });

  it('writes spec and status apart, and counts generations by the spec alone', () => {
    const { store } = createStoreFixture();
    const created = store.create(WORKSPACES, workspaceObject('a'));
    const main = store.update(WORKSPACES, { ...created, spec: { state: 'Lazy' }, status: { phase: 'Ready' } });
    expect(main).toMatchObject({ spec: { state: 'Lazy' }, metadata: { generation: 2 } });
    expect(main.status).toBeUndefined();
    const change = {
      ...main,
      spec: {},
      status: { phase: 'Ready' },
      metadata: { ...main.metadata, labels: { a: 'b' } },
    };
    const status = store.update(WORKSPACES, change, { part: 'status' });
    expect(status).toMatchObject({ spec: { state: 'Lazy' }, status: { phase: 'Ready' }, metadata: { generation: 2 } });
    expect(status.metadata.labels).toBeUndefined();
    const labelled = store.update(WORKSPACES, { ...status, metadata: { ...status.metadata, labels: { a: 'b' } } });
    expect(labelled).toMatchObject({ status: { phase: 'Ready' }, metadata: { generation: 2, labels: { a: 'b' } } });
  });

  it('takes what changes nothing for no write', () => {
    const { store } = createStoreFixture();
    const created = store.create(WORKSPACES, workspaceObject('a', { metadata: { labels: { a: 'b' } } }));
    const same = store.update(WORKSPACES, {
      ...created,
      metadata: { ...created.metadata, annotations: {}, finalizers: [], generation: 77, creationTimestamp: 'x' },
    });
    expect(same).toEqual(created);
    expect(store.resourceVersion()).toBe(2);
  });

  it('changes nothing in a dry run, and refuses the same', () => {
    const { store } = createStoreFixture();
    const created = store.create(WORKSPACES, workspaceObject('a'));
    expect(store.create(WORKSPACES, workspaceObject('b'), { dryRun: true }).metadata.uid).toBeDefined();
    expect(store.update(WORKSPACES, { ...created, spec: {} }, { dryRun: true }).metadata.generation).toBe(2);
    expect(store.delete(WORKSPACES, 'a', { dryRun: true }).removed).toBe(true);
    expect(refusal(() => store.create(WORKSPACES, workspaceObject('a'), { dryRun: true })).reason).toBe(
      'AlreadyExists',
    );
    expect(store.list(WORKSPACES).items).toEqual([created]);
    expect(store.resourceVersion()).toBe(2);
  });

  it('refuses an object that is too large, and forgets the attempt', () => {
    const { store } = createStoreFixture();
    const huge = workspaceObject('a', { metadata: { annotations: { x: 'x'.repeat(3 * 1024 * 1024) } } });
    expect(refusal(() => store.create(WORKSPACES, huge)).reason).toBe('RequestEntityTooLarge');
    expect(store.resourceVersion()).toBe(1);
    expect(store.changes(WORKSPACES, 1, 10)).toEqual([]);
  });
});

describe('deleting', () => {
  it('removes what nothing holds', () => {
    const { store } = createStoreFixture();
    store.create(WORKSPACES, workspaceObject('a'));
    expect(store.delete(WORKSPACES, 'a').removed).toBe(true);
    expect(store.get(WORKSPACES, 'a')).toBeUndefined();
    expect(refusal(() => store.delete(WORKSPACES, 'a')).message).toBe('workspaces.dual.dev "a" not found');
  });

  it('marks what finalizers hold, and removes it with the last of them', () => {
    const { store } = createStoreFixture();
    store.create(WORKSPACES, workspaceObject('a', { metadata: { finalizers: ['x/one', 'x/two'] } }));
    const { object, removed } = store.delete(WORKSPACES, 'a');
    expect(removed).toBe(false);
    expect(object.metadata).toMatchObject({ deletionTimestamp: '2026-01-02T03:04:05Z', generation: 1 });
    expect(store.delete(WORKSPACES, 'a').object).toEqual(object);
    const left = store.update(WORKSPACES, withFinalizers(object, ['x/two']));
    expect(store.get(WORKSPACES, 'a')).toEqual(left);
    store.update(WORKSPACES, withFinalizers(left, []));
    expect(store.get(WORKSPACES, 'a')).toBeUndefined();
    expect(store.changes(WORKSPACES, 2, 10).map(({ type }) => type)).toEqual(['MODIFIED', 'MODIFIED', 'DELETED']);
  });

  it('honours preconditions', () => {
    const { store } = createStoreFixture();
    const { metadata } = store.create(WORKSPACES, workspaceObject('a'));
    expect(refusal(() => store.delete(WORKSPACES, 'a', { uid: 'other' })).reason).toBe('Conflict');
    expect(refusal(() => store.delete(WORKSPACES, 'a', { resourceVersion: '1' })).reason).toBe('Conflict');
    expect(store.delete(WORKSPACES, 'a', { uid: metadata.uid! }).removed).toBe(true);
  });

  it('forgets what was last written long ago', () => {
    const { store, clock } = createStoreFixture();
    const event = (name: string): KubeObject => ({
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { name, namespace: 'default' },
    });
    store.create(EVENTS, event('old'));
    clock.advance(1000);
    store.create(EVENTS, event('new'));
    expect(store.deleteWrittenBefore(EVENTS, clock.now())).toBe(1);
    expect(store.list(EVENTS).items.map(({ metadata }) => metadata.name)).toEqual(['new']);
  });
});

describe('listing', () => {
  it('goes page by page, with the version of the first page', () => {
    const { store } = createStoreFixture();
    for (const name of ['c', 'a', 'e', 'b', 'd']) store.create(WORKSPACES, workspaceObject(name));
    const first = store.list(WORKSPACES, { limit: 2 });
    expect(first).toMatchObject({ resourceVersion: 6, remaining: 3 });
    store.delete(WORKSPACES, 'c');
    const second = store.list(WORKSPACES, { limit: 2, continue: first.continue! });
    const names = [first, second].map(({ items }) => items.map(({ metadata }) => metadata.name));
    expect(names).toEqual([
      ['a', 'b'],
      ['d', 'e'],
    ]);
    expect(second.resourceVersion).toBe(6);
    expect(second.continue).toBeUndefined();
  });

  it('counts only what matches towards the limit', () => {
    const { store } = createStoreFixture();
    for (const name of ['a1', 'b1', 'a2', 'b2']) store.create(WORKSPACES, workspaceObject(name));
    const filter = ({ metadata }: KubeObject): boolean => metadata.name.startsWith('b');
    const page = store.list(WORKSPACES, { limit: 1, filter });
    expect(page.items.map(({ metadata }) => metadata.name)).toEqual(['b1']);
    expect(page.remaining).toBeUndefined();
    expect(store.list(WORKSPACES, { limit: 1, filter, continue: page.continue! })).toMatchObject({
      items: [{ metadata: { name: 'b2' } }],
    });
  });

  it('refuses a token that is not one of its own', () => {
    const { store } = createStoreFixture();
    for (const token of [
      'x',
      '',
      Buffer.from('[1,2,3]').toString('base64url'),
      Buffer.from('{}').toString('base64url'),
    ]) {
      expect(refusal(() => store.list(WORKSPACES, { continue: token })).reason).toBe('BadRequest');
    }
  });
});

describe('the file', () => {
  it('is its owner’s alone, and so is its directory', () => {
    const { file, store } = createStoreFixture();
    store.create(WORKSPACES, workspaceObject('a'));
    const modeOf = (name: string): string => (statSync(name).mode & 0o777).toString(8);
    expect([file, `${file}-wal`, `${file}-shm`].map(modeOf)).toEqual(['600', '600', '600']);
    expect(modeOf(path.dirname(file))).toBe('700');
  });

  it('keeps the install’s id, and every install has its own', () => {
    const fixture = createStoreFixture();
    const { installId } = fixture.store;
    expect(installId).toMatch(/^[0-9a-f]{12}$/);
    expect(fixture.reopen().installId).toBe(installId);
    expect(createStoreFixture().store.installId).not.toBe(installId);
  });

  it('that is no database is told as such, with what to do, and left as it is', () => {
    const { file } = createStoreFixture();
    const other = `${file}.other`;
    writeFileSync(other, 'this is not a database, however long one looks at it '.repeat(100));
    const error = storeError(() => openDatabase(other));
    expect(error.code).toBe('Damaged');
    expect(error.message).toContain('move the file');
    expect(statSync(other).size).toBe(5300);
  });

  it('of a newer version is refused', () => {
    const { file, store } = createStoreFixture();
    store.close();
    const db = new Database(file);
    db.pragma('user_version = 1000');
    db.close();
    expect(storeError(() => openDatabase(file)).code).toBe('TooNew');
  });

  it('on a full disk stays sound, and takes writes again when there is room', () => {
    const { file, store: first, clock } = createStoreFixture();
    first.create(WORKSPACES, workspaceObject('before'));
    first.close();
    const db = openDatabase(file);
    const store = createStore(db, { clock, log: silentLog });
    onTestFinished(() => store.close());
    db.pragma(`max_page_count = ${db.pragma('page_count', { simple: true }) as number}`);
    const large = workspaceObject('large', { metadata: { annotations: { x: 'x'.repeat(500_000) } } });
    const error = storeError(() => store.create(WORKSPACES, large));
    expect(error).toMatchObject({ code: 'Full', message: expect.stringContaining('free some space') as string });
    expect(store.list(WORKSPACES)).toMatchObject({ resourceVersion: 2, items: [{ metadata: { name: 'before' } }] });
    db.pragma('max_page_count = 100000');
    expect(store.create(WORKSPACES, large).metadata.resourceVersion).toBe('3');
  });

  it('that another process holds is told as such', () => {
    const { file, store: first, clock } = createStoreFixture();
    const db = openDatabase(file);
    db.pragma('busy_timeout = 1');
    const store = createStore(db, { clock, log: silentLog });
    onTestFinished(() => store.close());
    const other = new Database(file);
    other.exec('BEGIN IMMEDIATE');
    expect(storeError(() => store.create(WORKSPACES, workspaceObject('a'))).code).toBe('Busy');
    other.close();
    first.create(WORKSPACES, workspaceObject('a'));
  });
});

function withFinalizers(object: KubeObject, finalizers: string[]): KubeObject {
  return { ...object, metadata: { ...object.metadata, finalizers } };
}
