import { describe, expect, it } from 'vitest';
import { EVENTS } from '../../../src/api/scheme.ts';
import { createApiFixture } from '../../support/api-fixture.ts';
import { createFakeClock } from '../../support/fake-clock.ts';

const TABLE = 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json';

interface Table {
  kind: string;
  metadata: { resourceVersion: string };
  columnDefinitions: { name: string; type: string; priority: number }[];
  rows: { cells: unknown[]; object?: { kind: string; metadata: { name: string } } }[];
}

describe('events', () => {
  it('of events reads as in kubectl', async () => {
    const { request } = await createApiFixture();
    await request('POST', '/api/v1/namespaces/default/events', {
      body: event('a.1', { message: 'built\n', count: 3 }),
    });
    const table = (await request('GET', '/api/v1/events', { headers: { accept: TABLE } })).json as unknown as Table;
    expect(table.columnDefinitions.filter(({ priority }) => priority === 0).map(({ name }) => name)).toEqual([
      'Last Seen',
      'Type',
      'Reason',
      'Object',
      'Message',
    ]);
    expect(table.rows[0]?.cells).toEqual([
      expect.stringMatching(/^\d+s$/),
      'Normal',
      'Built',
      'workspace/a',
      '',
      'test',
      'built',
      expect.stringMatching(/^\d+s$/),
      3,
      'a.1',
    ]);
  });

  it('are selected by what they are about', async () => {
    const { request } = await createApiFixture();
    const url = '/api/v1/namespaces/default/events';
    await request('POST', url, { body: event('a.1', {}) });
    await request('POST', url, {
      body: event('b.1', { type: 'Warning', involvedObject: { kind: 'Workspace', name: 'b', uid: 'u' } }),
    });
    const names = async (selector: string): Promise<string[]> => {
      const { json } = await request('GET', `${url}?fieldSelector=${encodeURIComponent(selector)}`);
      return (json as unknown as { items: { metadata: { name: string } }[] }).items.map(
        ({ metadata }) => metadata.name,
      );
    };
    expect(await names('involvedObject.name=b,involvedObject.uid=u')).toEqual(['b.1']);
    expect(await names('type!=Warning')).toEqual(['a.1']);
    expect(await names('reason=Built')).toEqual(['a.1', 'b.1']);
    expect((await request('GET', `${url}?fieldSelector=message=x`)).json).toMatchObject({
      code: 400,
      message: expect.stringContaining('field label not supported: message') as string,
    });
  });

  it('go an hour after they were last written', async () => {
    const clock = createFakeClock(Date.parse('2026-01-02T03:04:05Z'));
    const { request, store } = await createApiFixture({ clock });
    await request('POST', '/api/v1/namespaces/default/events', { body: event('a.1', {}) });
    clock.advance(3_300_000);
    expect((await request('GET', '/api/v1/events')).json).toMatchObject({ items: [{ metadata: { name: 'a.1' } }] });
    clock.advance(600_000);
    expect((await request('GET', '/api/v1/events')).json).toMatchObject({ items: [] });
    expect(store.changes(EVENTS, 1, 10).map(({ type }) => type)).toEqual(['ADDED', 'DELETED']);
  });

  it('live in the one namespace that there is', async () => {
    const { request } = await createApiFixture();
    expect(
      (await request('POST', '/api/v1/namespaces/other/events', { body: event('a.1', { metadata: { name: 'a.1' } }) }))
        .json,
    ).toMatchObject({
      code: 404,
      message: 'namespaces "other" not found',
    });
    expect((await request('GET', '/api/v1/namespaces/other/events')).json).toMatchObject({ items: [] });
  });
});

function event(name: string, more: object): object {
  const now = new Date().toISOString();
  return {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { name },
    involvedObject: { kind: 'Workspace', name: 'a' },
    reason: 'Built',
    message: 'built',
    type: 'Normal',
    count: 1,
    firstTimestamp: now,
    lastTimestamp: now,
    source: { component: 'test' },
    ...more,
  };
}
