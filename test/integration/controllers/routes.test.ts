import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { workspaceController, type WorkspaceContext } from '../../../controllers/workspace/index.ts';
import { ANNOTATION_FOCUSED, ANNOTATION_REQUESTED, FINALIZER } from '../../../src/api/labels.ts';
import type { KubeObject } from '../../../src/api/meta.ts';
import { PROJECTS, WORKSPACES } from '../../../src/api/scheme.ts';
import type { Project, Workspace } from '../../../src/api/types.ts';
import type { Client } from '../../../src/client/client.ts';
import { createInformer } from '../../../src/client/list-watch.ts';
import { systemClock } from '../../../src/clock/clock.ts';
import type { SourceDriver } from '../../../src/drivers/source/driver.ts';
import { silentLog } from '../../../src/log/log.ts';
import { Controller } from '../../../src/runtime/controller.ts';
import { Jobs } from '../../../src/runtime/jobs.ts';
import { createApiFixture } from '../../support/api-fixture.ts';
import { eventually } from '../../support/eventually.ts';
import { createFakeRoutes, type FakeRoutes } from '../../support/fake-routes.ts';
import { project, workspace } from '../../support/objects.ts';

/** Names whose first choice of an address is the same. */
const ALIKE = ['shop-2085', 'shop-2615'] as const;

let client: Client;
let routes: FakeRoutes;

/** The controller on a real API; there are no drivers, and clones take for ever. */
beforeEach(async () => {
  client = (await createApiFixture()).client;
  routes = createFakeRoutes();
  const stop = new AbortController();
  const options = { clock: systemClock, log: silentLog };
  const api = {
    client,
    recorder: { event: () => undefined },
    workspaces: createInformer<Workspace>(client, WORKSPACES, options),
    projects: createInformer<Project>(client, PROJECTS, options),
  };
  const source: Partial<SourceDriver> = {
    observe: () => Promise.resolve({ kind: 'missing' }),
    ensure: (_request, { signal, onProgress }) => {
      onProgress?.('receiving objects: 42%');
      return new Promise((_resolve, reject) => {
        signal?.addEventListener('abort', () => reject(new Error('stopped')));
      });
    },
  };
  const jobs = { clones: new Jobs(), builds: new Jobs() };
  const context = {
    api,
    drivers: { containers: [], sessions: [], source },
    guests: { follow() {}, forget() {}, watch() {} },
    shims: { remove: () => Promise.resolve() },
    routes,
    jobs,
    host: {
      user: { uid: process.getuid!(), home: '/home/u' },
      workspaces: '/nowhere',
      guests: '/nowhere',
      nameSuffix: '',
      proxyAddresses: ['127.0.0.1', '::1'],
    },
    ...options,
    enqueue: (name: string) => queue.enqueue(name),
  } as unknown as WorkspaceContext;
  const controller = workspaceController(context);
  const queue = new Controller(controller.reconciler, { workers: 4, resync: 120_000, ...options });
  await client.create(
    PROJECTS,
    project('shop', {
      source: { path: '/src/shop' },
      ports: [
        { name: 'www', port: 3000 },
        { name: 'db', port: 5432 },
      ],
    }) as KubeObject,
  );
  controller.watch(stop.signal);
  await api.projects.start(stop.signal);
  await api.workspaces.start(stop.signal);
  queue.start();
  onTestFinished(async () => {
    stop.abort();
    await queue.stop();
    await jobs.clones.close();
  });
});

const get = (name: string): Promise<Workspace> => client.get<Workspace>(WORKSPACES, name);
const make = (name: string, state: string): Promise<KubeObject> =>
  client.create(WORKSPACES, workspace(name, { project: 'shop', branch: 'main', state }) as KubeObject);

async function atRest(name: string, phase: string): Promise<Workspace> {
  return eventually(async () => {
    const found = await get(name);
    expect(found.status?.phase).toBe(phase);
    return found;
  });
}

describe('what the proxy is told', () => {
  it('of a stopped workspace: who it is, and why nothing answers', async () => {
    await make('shop-main', 'Stopped');
    const { status } = await atRest('shop-main', 'Stopped');
    expect(routes.routes.get('shop-main')).toEqual({ workspace: 'shop-main', ports: [], awaited: [] });
    const description = routes.descriptions.get('shop-main');
    expect(description).toMatchObject({ phase: 'Stopped', message: 'spec.state is Stopped' });
    const told = status?.conditions?.map(({ type, status: is, reason, message }) => ({
      type,
      status: is,
      reason,
      message,
    }));
    expect(description?.conditions).toEqual(told?.filter(({ type }) => type.endsWith('Ready') && type !== 'Ready'));
    expect(description?.conditions).toHaveLength(5);
  });

  it('of a Lazy one, which ports to await; and from the first request on, how it comes about', async () => {
    await make('shop-main', 'Lazy');
    await atRest('shop-main', 'Lazy');
    expect(routes.routes.get('shop-main')).toMatchObject({ ports: [], awaited: [3000] });
    routes.want('shop-main');
    await atRest('shop-main', 'Cloning');
    await eventually(() => {
      const told = routes.descriptions.get('shop-main');
      expect(told).toMatchObject({ phase: 'Cloning', message: 'receiving objects: 42%' });
      expect(told?.conditions[0]).toMatchObject({ type: 'CloneReady', message: 'receiving objects: 42%' });
    });
    expect((await get('shop-main')).metadata.annotations?.[ANNOTATION_REQUESTED]).toMatch(/^\d{4}-/);
    expect(routes.routes.get('shop-main')).toMatchObject({ awaited: [3000] });
  });

  it('again when it comes back empty', async () => {
    await make('shop-main', 'Stopped');
    await atRest('shop-main', 'Stopped');
    const { resourceVersion } = (await get('shop-main')).metadata;
    routes.restart();
    await eventually(() => {
      expect(routes.routes.has('shop-main')).toBe(true);
      expect(routes.descriptions.has('shop-main')).toBe(true);
    });
    expect((await get('shop-main')).metadata.resourceVersion).toBe(resourceVersion);
  });

  it('where plain localhost goes, as soon as that is said', async () => {
    await make('shop-main', 'Stopped');
    await atRest('shop-main', 'Stopped');
    const annotate = (time: string | null): Promise<unknown> =>
      client.patch(WORKSPACES, 'shop-main', { metadata: { annotations: { [ANNOTATION_FOCUSED]: time } } });
    await annotate('2026-01-02T03:04:05Z');
    await eventually(() => expect(routes.routes.get('shop-main')).toHaveProperty('focusedAt', '2026-01-02T03:04:05Z'));
    await annotate(null);
    await eventually(() => expect(routes.routes.get('shop-main')).not.toHaveProperty('focusedAt'));
  });

  it('nothing any more of what is deleted', async () => {
    await make('shop-main', 'Stopped');
    await eventually(async () => expect((await get('shop-main')).metadata.finalizers).toEqual([FINALIZER]));
    await atRest('shop-main', 'Stopped');
    await client.delete(WORKSPACES, 'shop-main');
    await eventually(() => expect(get('shop-main')).rejects.toThrow('not found'));
    expect([routes.routes.size, routes.descriptions.size]).toEqual([0, 0]);
  });

  it('is no condition for anything else', async () => {
    routes.refuseDescriptions(new Error('no proxy'));
    await make('shop-main', 'Stopped');
    await atRest('shop-main', 'Stopped');
  });
});

describe('a workspace that somebody wants to see', () => {
  it('leaves alone what is stopped, and what does not exist', async () => {
    await make('shop-off', 'Stopped');
    await make('shop-lazy', 'Lazy');
    await atRest('shop-off', 'Stopped');
    await atRest('shop-lazy', 'Lazy');
    for (const name of ['shop-off', 'nobody', 'shop-lazy']) routes.want(name);
    await atRest('shop-lazy', 'Cloning');
    expect((await get('shop-off')).metadata.annotations ?? {}).toEqual({});
  });

  it('is told which of its ports another program has', async () => {
    const message = 'port 3000 on 127.0.0.1 is held by postgres (process 7)';
    routes.taken.set(3000, { reason: 'PortTaken', message });
    await make('shop-lazy', 'Lazy');
    const { status } = await atRest('shop-lazy', 'Lazy');
    expect(status?.conditions?.find(({ type }) => type === 'RouteReady')).toMatchObject({
      status: 'False',
      reason: 'Lazy',
      message: `made real on first use; ${message}; a request there will not make this workspace real`,
    });
  });

  it('is noted once', async () => {
    await make('shop-lazy', 'Lazy');
    await atRest('shop-lazy', 'Lazy');
    const annotations = { [ANNOTATION_REQUESTED]: '2026-01-01T00:00:00Z' };
    await client.patch(WORKSPACES, 'shop-lazy', { metadata: { annotations } });
    await atRest('shop-lazy', 'Cloning');
    routes.want('shop-lazy');
    await make('shop-other', 'Lazy');
    await atRest('shop-other', 'Lazy');
    expect((await get('shop-lazy')).metadata.annotations).toEqual(annotations);
  });
});

describe('the loopback address', () => {
  it('is in the status of every workspace, and of no two the same', async () => {
    await Promise.all([...ALIKE, 'shop-main'].map((name) => make(name, 'Stopped')));
    const addressOf = async (name: string): Promise<unknown> => (await atRest(name, 'Stopped')).status?.address;
    const [one, two, main] = await Promise.all([...ALIKE, 'shop-main'].map(addressOf));
    expect([one, two]).toContain('127.109.226.187');
    expect(one).not.toBe(two);
    expect(main).toBe('127.68.97.215');
  });

  it('stays when the first choice has become free', async () => {
    const [first, second] = ALIKE;
    await make(first, 'Stopped');
    await atRest(first, 'Stopped');
    await make(second, 'Stopped');
    const { address } = (await atRest(second, 'Stopped')).status!;
    expect(address).not.toBe('127.109.226.187');
    await client.delete(WORKSPACES, first);
    await eventually(() => expect(get(first)).rejects.toThrow('not found'));
    await client.patch(WORKSPACES, second, { spec: { state: 'Lazy' } });
    expect((await atRest(second, 'Lazy')).status?.address).toBe(address);
  });

  it('of the later one moves where two have the same on record', async () => {
    const [first, second] = ALIKE;
    await make(first, 'Stopped');
    const taken = (await atRest(first, 'Stopped')).status!.address!;
    await make(second, 'Stopped');
    const later = await atRest(second, 'Stopped');
    await client.updateStatus(WORKSPACES, { ...later, status: { ...later.status, address: taken } });
    await client.patch(WORKSPACES, second, { spec: { state: 'Lazy' } });
    expect((await atRest(second, 'Lazy')).status?.address).not.toBe(taken);
    expect((await get(first)).status?.address).toBe(taken);
  });
});
