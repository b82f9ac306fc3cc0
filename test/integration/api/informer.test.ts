import { describe, expect, it, onTestFinished } from 'vitest';
import type { KubeObject } from '../../../src/api/meta.ts';
import { WORKSPACES } from '../../../src/api/scheme.ts';
import type { Informer } from '../../../src/client/informer.ts';
import { createInformer } from '../../../src/client/list-watch.ts';
import { systemClock } from '../../../src/clock/clock.ts';
import { silentLog } from '../../../src/log/log.ts';
import { openStore } from '../../../src/store/store.ts';
import type { ApiFixture } from '../../support/api-fixture.ts';
import { createApiFixture } from '../../support/api-fixture.ts';
import { eventually } from '../../support/eventually.ts';
import { workspaceObject } from '../../support/store-fixture.ts';

function inform({ client }: ApiFixture): { informer: Informer<KubeObject>; changed: string[]; signal: AbortSignal } {
  const informer = createInformer<KubeObject>(client, WORKSPACES, { clock: systemClock, log: silentLog });
  const changed: string[] = [];
  informer.onChange((name) => changed.push(name));
  const controller = new AbortController();
  onTestFinished(() => controller.abort());
  return { informer, changed, signal: controller.signal };
}

function names(informer: Informer<KubeObject>): string[] {
  return informer.list().map(({ metadata }) => metadata.name);
}

describe('an informer', () => {
  it('has everything once it has started, and keeps up', async () => {
    const fixture = await createApiFixture();
    await fixture.client.create(WORKSPACES, workspaceObject('a'));
    await fixture.client.create(WORKSPACES, workspaceObject('b'));
    const { informer, changed, signal } = inform(fixture);
    await informer.start(signal);
    expect(names(informer)).toEqual(['a', 'b']);
    expect(changed).toEqual(['a', 'b']);
    await fixture.client.patch(WORKSPACES, 'a', { spec: { state: 'Lazy' } });
    await eventually(() => expect(informer.get('a')?.spec).toMatchObject({ state: 'Lazy' }));
    await fixture.client.delete(WORKSPACES, 'b');
    await eventually(() => expect(informer.get('b')).toBeUndefined());
    expect(changed).toEqual(['a', 'b', 'a', 'b']);
  });

  it('resumes where it was when the server comes back', async () => {
    const fixture = await createApiFixture();
    await fixture.client.create(WORKSPACES, workspaceObject('a'));
    const { informer, changed, signal } = inform(fixture);
    await informer.start(signal);
    for (const name of ['b', 'c', 'd']) {
      await fixture.restart();
      await fixture.client.create(WORKSPACES, workspaceObject(name));
      await eventually(() => expect(informer.get(name)).toBeDefined());
    }
    expect(changed).toEqual(['a', 'b', 'c', 'd']);
  });

  it('learns what was changed and removed while it was cut off, even when the log forgot it', async () => {
    const fixture = await createApiFixture({ limits: { rows: 5, bytes: 1e9 } });
    for (const name of ['a', 'b', 'c']) await fixture.client.create(WORKSPACES, workspaceObject(name));
    const { informer, changed, signal } = inform(fixture);
    await informer.start(signal);
    changed.length = 0;
    await fixture.stop();
    // Written before the informer can be back: the store opens before the server listens.
    const store = openStore(`${fixture.dir}/state/dual.db`, {
      clock: systemClock,
      log: silentLog,
      limits: { rows: 5, bytes: 1e9 },
    });
    store.delete(WORKSPACES, 'a');
    const b = store.get(WORKSPACES, 'b')!;
    store.update(WORKSPACES, { ...b, metadata: { ...b.metadata, labels: { x: 'y' } } });
    for (let count = 0; count < 30; count += 1) store.create(WORKSPACES, workspaceObject(`w${count}`));
    store.close();
    await fixture.restart();
    await eventually(() => expect(names(informer)).toHaveLength(32));
    expect(informer.get('a')).toBeUndefined();
    expect(informer.get('b')?.metadata.labels).toEqual({ x: 'y' });
    expect(changed.filter((name) => name.length === 1).sort()).toEqual(['a', 'b']);
  });

  it('waits for a server that is not there yet', async () => {
    const fixture = await createApiFixture();
    await fixture.stop();
    const { informer, signal } = inform(fixture);
    const started = informer.start(signal);
    await fixture.restart();
    await started;
    await fixture.client.create(WORKSPACES, workspaceObject('a'));
    await eventually(() => expect(names(informer)).toEqual(['a']));
  });
});
