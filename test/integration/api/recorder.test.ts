import { describe, expect, it } from 'vitest';
import type { Event } from '../../../src/api/event.ts';
import { EVENTS, WORKSPACES } from '../../../src/api/scheme.ts';
import { createRecorder } from '../../../src/client/event-recorder.ts';
import { silentLog } from '../../../src/log/log.ts';
import { createApiFixture } from '../../support/api-fixture.ts';
import { createFakeClock } from '../../support/fake-clock.ts';
import { workspaceObject } from '../../support/store-fixture.ts';

describe('the event recorder', () => {
  it('counts the same thing said again, across restarts, and keeps different things apart', async () => {
    const clock = createFakeClock(Date.parse('2026-01-02T03:04:05Z'));
    const { client } = await createApiFixture({ clock });
    const object = await client.create(WORKSPACES, workspaceObject('a'));
    const options = { component: 'test', clock, log: silentLog };
    const first = createRecorder(client, options);
    for (let count = 0; count < 10; count += 1) first.event(object, 'Normal', 'Built', 'image built');
    first.event(object, 'Warning', 'BuildFailed', 'no space');
    await first.flush();
    clock.advance(5000);
    const second = createRecorder(client, options);
    second.event(object, 'Normal', 'Built', 'image built');
    await second.flush();
    const { items } = await client.list<Event>(EVENTS, { fieldSelector: `involvedObject.uid=${object.metadata.uid}` });
    const found = items.map(({ reason, count, firstTimestamp, lastTimestamp }) => ({
      reason,
      count,
      firstTimestamp,
      lastTimestamp,
    }));
    expect(found.sort((a, b) => b.count - a.count)).toEqual([
      { reason: 'Built', count: 11, firstTimestamp: '2026-01-02T03:04:05Z', lastTimestamp: '2026-01-02T03:04:10Z' },
      {
        reason: 'BuildFailed',
        count: 1,
        firstTimestamp: '2026-01-02T03:04:05Z',
        lastTimestamp: '2026-01-02T03:04:05Z',
      },
    ]);
  });

  it('loses no count when two of them write at once', async () => {
    const clock = createFakeClock();
    const { client } = await createApiFixture({ clock });
    const object = workspaceObject('a');
    const recorders = [1, 2].map(() => createRecorder(client, { component: 'test', clock, log: silentLog }));
    for (let round = 0; round < 10; round += 1) {
      for (const recorder of recorders) recorder.event(object, 'Normal', 'Built', 'image built');
      await Promise.all(recorders.map(async (recorder) => recorder.flush()));
    }
    expect((await client.list<Event>(EVENTS)).items.map(({ count }) => count)).toEqual([20]);
  });

  it('takes objects of any name, and long messages', async () => {
    const clock = createFakeClock();
    const { client } = await createApiFixture({ clock });
    const recorder = createRecorder(client, { component: 'manifests', clock, log: silentLog });
    for (const name of ['Sub dir/äöü.YAML', '---', '', 'x'.repeat(400)]) {
      recorder.event(
        { apiVersion: 'v1', kind: 'File', metadata: { name } },
        'Warning',
        'ManifestInvalid',
        'm'.repeat(10_000),
      );
    }
    await recorder.flush();
    expect((await client.list(EVENTS)).items).toHaveLength(4);
  });

  it('never throws, with no server either', async () => {
    const fixture = await createApiFixture();
    await fixture.stop();
    const recorder = createRecorder(fixture.client, { component: 'test', clock: createFakeClock(), log: silentLog });
    recorder.event(workspaceObject('a'), 'Normal', 'Built', 'image built');
    await recorder.flush();
  });
});
