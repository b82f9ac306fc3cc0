import { describe, expect, it } from 'vitest';
import { WORKSPACES } from '../../../src/api/scheme.ts';
import { createApiFixture } from '../../support/api-fixture.ts';
import { createFakeClock } from '../../support/fake-clock.ts';
import { workspaceObject } from '../../support/store-fixture.ts';

const COLLECTION = '/apis/dual.dev/v1alpha1/workspaces';
const TABLE = 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json';

interface Table {
  kind: string;
  metadata: { resourceVersion: string };
  columnDefinitions: { name: string; type: string; priority: number }[];
  rows: { cells: unknown[]; object?: { kind: string; metadata: { name: string } } }[];
}

describe('a Table', () => {
  it('has the columns of the CRD, and ages as kubectl writes them', async () => {
    const clock = createFakeClock(Date.parse('2026-01-02T03:04:05Z'));
    const { request, client, store } = await createApiFixture({ clock });
    const created = await client.create(WORKSPACES, workspaceObject('a', { spec: { branch: 'feat/auth' } }));
    store.update(
      WORKSPACES,
      {
        ...created,
        status: {
          phase: 'Ready',
          conditions: [
            {
              type: 'Ready',
              status: 'True',
              reason: 'R',
              message: 'all well',
              lastTransitionTime: '2026-01-02T03:04:05Z',
            },
          ],
          clone: { path: '/x' },
          ports: [3000, 5173].map((port) => ({ port, protocol: 'http', listening: true, routed: true })),
        },
      },
      { part: 'status' },
    );
    clock.advance(330_000);
    const table = (await request('GET', COLLECTION, { headers: { accept: TABLE } })).json as unknown as Table;
    expect(table).toMatchObject({ kind: 'Table', apiVersion: 'meta.k8s.io/v1', metadata: { resourceVersion: '3' } });
    expect(table.columnDefinitions.map(({ name, priority }) => (priority === 0 ? name : `(${name})`))).toEqual([
      'Name',
      'Project',
      'Branch',
      'Phase',
      'Ready',
      'Session',
      'Ports',
      '(Status)',
      '(Driver)',
      '(Backend)',
      '(Path)',
      'Age',
    ]);
    expect(table.rows[0]?.cells).toEqual([
      'a',
      'light',
      'feat/auth',
      'Ready',
      'True',
      null,
      '3000,5173',
      'all well',
      null,
      null,
      '/x',
      '5m30s',
    ]);
    expect(table.rows[0]?.object).toMatchObject({ kind: 'PartialObjectMetadata', metadata: { name: 'a' } });
    const one = await request('GET', `${COLLECTION}/a?includeObject=Object`, { headers: { accept: TABLE } });
    expect(one.json).toMatchObject({ kind: 'Table', rows: [{ object: { kind: 'Workspace' } }] });
  });
});
