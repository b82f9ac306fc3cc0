import { mkdtemp, rename, rm, stat, writeFile } from 'node:fs/promises';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { API_VERSION, WORKSPACES } from '../../../src/api/scheme.ts';
import { startApiServer } from '../../../src/apiserver/start.ts';
import { silentLog } from '../../../src/log/log.ts';
import { createApiFixture } from '../../support/api-fixture.ts';
import { createFakeClock } from '../../support/fake-clock.ts';
import { projectObject, workspaceObject } from '../../support/store-fixture.ts';

const COLLECTION = '/apis/dual.dev/v1alpha1/workspaces';
const TABLE = 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json';

interface Table {
  kind: string;
  metadata: { resourceVersion: string };
  columnDefinitions: { name: string; type: string; priority: number }[];
  rows: { cells: unknown[]; object?: { kind: string; metadata: { name: string } } }[];
}

describe('discovery', () => {
  it('lists groups and resources, with what can be done with them', async () => {
    const { request } = await createApiFixture({ subresources: { 'workspaces/log': () => 'x' } });
    const groups = (await request('GET', '/apis')).json as { groups?: { name: string }[] };
    expect(groups.groups?.map(({ name }) => name)).toEqual(['dual.dev', 'apiextensions.k8s.io']);
    expect((await request('GET', '/api')).json).toMatchObject({ kind: 'APIVersions', versions: ['v1'] });
    const list = (await request('GET', '/apis/dual.dev/v1alpha1')).json as {
      resources?: { name: string; verbs: string[] }[];
    };
    expect(list).toMatchObject({ kind: 'APIResourceList', groupVersion: API_VERSION });
    expect(list.resources?.map(({ name, verbs }) => [name, verbs.length])).toEqual([
      ['projects', 7],
      ['projects/status', 3],
      ['workspaces', 7],
      ['workspaces/status', 3],
      ['workspaces/log', 1],
    ]);
    expect(list.resources?.[2]).toMatchObject({
      kind: 'Workspace',
      singularName: 'workspace',
      shortNames: ['ws'],
      namespaced: false,
    });
    expect((await request('GET', '/api/v1')).json).toMatchObject({
      resources: [
        { name: 'events', namespaced: true },
        { name: 'namespaces', verbs: ['get', 'list', 'watch'] },
      ],
    });
  });

  it('serves the CRDs and the one namespace, to be read', async () => {
    const { request } = await createApiFixture();
    const crds = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
    expect((await request('GET', `${crds}/workspaces.dual.dev`)).json).toMatchObject({
      spec: { names: { kind: 'Workspace' } },
    });
    expect((await request('GET', '/api/v1/namespaces')).json).toMatchObject({
      kind: 'NamespaceList',
      items: [{ metadata: { name: 'default' } }],
    });
    expect((await request('DELETE', '/api/v1/namespaces/default')).code).toBe(405);
  });

  it('tells version and health', async () => {
    const { request } = await createApiFixture();
    expect((await request('GET', '/version')).json).toMatchObject({ gitVersion: 'v1.2.3', major: '1', minor: '2' });
    for (const url of ['/healthz', '/livez', '/readyz']) {
      expect(await request('GET', url)).toMatchObject({ code: 200, text: 'ok' });
      expect(await request('HEAD', url)).toMatchObject({ code: 200, text: '' });
    }
  });
});

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
      '/x',
      '5m30s',
    ]);
    expect(table.rows[0]?.object).toMatchObject({ kind: 'PartialObjectMetadata', metadata: { name: 'a' } });
    const one = await request('GET', `${COLLECTION}/a?includeObject=Object`, { headers: { accept: TABLE } });
    expect(one.json).toMatchObject({ kind: 'Table', rows: [{ object: { kind: 'Workspace' } }] });
  });

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
});

describe('events', () => {
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
    expect(store.changes({ ...WORKSPACES, group: '', plural: 'events' }, 1, 10).map(({ type }) => type)).toEqual([
      'ADDED',
      'DELETED',
    ]);
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

describe('what is refused', () => {
  it.each([
    ['GET', `${COLLECTION}/x`, 404, 'workspaces.dual.dev "x" not found'],
    ['GET', '/apis/dual.dev/v1alpha1/things', 404, 'the server could not find the requested resource'],
    ['DELETE', COLLECTION, 405, 'the server does not allow this method on the requested resource'],
    ['GET', `${COLLECTION}?labelSelector=a%3D%3Db%3D`, 400, 'unable to parse requirement'],
    ['GET', `${COLLECTION}?fieldSelector=spec.x%3D1`, 400, 'field label not supported: spec.x'],
    ['GET', `${COLLECTION}?limit=-1`, 400, 'invalid limit'],
    ['GET', `${COLLECTION}?continue=junk`, 400, 'continue key is not valid'],
    ['GET', `${COLLECTION}?watch=true&resourceVersion=garbage`, 400, 'invalid resourceVersion'],
    ['GET', `${COLLECTION}?watch=maybe`, 400, 'watch must be true or false'],
    ['POST', `${COLLECTION}?dryRun=Some`, 400, 'dryRun must be "All"'],
    ['GET', `${COLLECTION}/%E0%A4%A`, 400, ''],
  ])('%s %s', async (method, url, code, message) => {
    const { request } = await createApiFixture();
    const answer = await request(method, url, method === 'POST' ? { body: workspaceObject('w') } : {});
    expect(answer.json).toMatchObject({ kind: 'Status', apiVersion: 'v1', status: 'Failure', code });
    expect(answer.code).toBe(code);
    expect(answer.json['message']).toContain(message);
  });

  it.each<[string, unknown, Record<string, string>, number, string]>([
    ['half JSON', '{"password":"s3cret', {}, 400, 'not valid JSON'],
    ['nothing', '', {}, 400, 'not valid JSON'],
    ['a list', '[]', {}, 400, 'not an object'],
    [
      'another kind',
      { ...workspaceObject('w'), kind: 'Project' },
      {},
      400,
      'the kind in the data (Project) is not Workspace',
    ],
    [
      'another version',
      { ...workspaceObject('w'), apiVersion: 'v1' },
      {},
      400,
      'does not match the expected API version',
    ],
    ['no kind', { spec: {} }, {}, 400, "Object 'Kind' is missing"],
    ['no name', workspaceObject('w', { metadata: { name: undefined } }), {}, 422, 'name or generateName is required'],
    [
      'a resource version',
      workspaceObject('w', { metadata: { resourceVersion: '1' } }),
      {},
      400,
      'resourceVersion should not be set',
    ],
    ['a namespace', workspaceObject('w', { metadata: { namespace: 'default' } }), {}, 400, 'have no namespace'],
    [
      'YAML',
      workspaceObject('w'),
      { 'content-type': 'application/yaml' },
      415,
      'accepted media types include: application/json',
    ],
    [
      'a wish for YAML',
      workspaceObject('w'),
      { accept: 'application/yaml' },
      406,
      'only the following media types are accepted',
    ],
    ['an origin', workspaceObject('w'), { origin: 'http://evil.example' }, 403, 'web pages'],
    ['a page’s fetch', workspaceObject('w'), { 'sec-fetch-site': 'cross-site' }, 403, 'web pages'],
    ['too much', `"${'x'.repeat(3 * 1024 * 1024)}"`, {}, 413, 'Request entity too large: limit is 3145728'],
  ])('a POST with %s', async (_name, body, headers, code, message) => {
    const { request, store } = await createApiFixture();
    const answer = await request('POST', COLLECTION, { body, headers });
    expect(answer.json).toMatchObject({ kind: 'Status', code });
    expect(answer.json['message']).toContain(message);
    expect(answer.text).not.toContain('s3cret');
    expect(store.list(WORKSPACES).items).toEqual([]);
  });

  it('tells every fault of an object at once, in the words of kubectl', async () => {
    const { request } = await createApiFixture();
    const body = workspaceObject('w', { spec: { branch: '--upload-pack=x', stat: 'Lazy' } });
    expect((await request('POST', COLLECTION, { body })).json).toMatchObject({
      code: 422,
      reason: 'Invalid',
      message: expect.stringMatching(
        /^Workspace\.dual\.dev "w" is invalid: \[spec\.stat: unknown field, spec\.branch: Invalid value: "--upload-pack=x": must be/,
      ) as string,
      details: {
        name: 'w',
        group: 'dual.dev',
        kind: 'Workspace',
        causes: [{ field: 'spec.stat' }, { field: 'spec.branch' }],
      },
    });
  });

  it('an aborted upload harms nobody', async () => {
    const { request, socketPath, store } = await createApiFixture();
    const socket = net.connect(socketPath);
    socket.write(`POST ${COLLECTION} HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n{"half":`);
    await new Promise((resolve) => socket.once('connect', resolve));
    socket.destroy();
    expect((await request('GET', COLLECTION)).code).toBe(200);
    expect(store.resourceVersion()).toBe(1);
  });
});

describe('the socket', () => {
  it('is its owner’s alone', async () => {
    const { socketPath } = await createApiFixture();
    expect((await stat(socketPath)).mode & 0o777).toBe(0o600);
    expect((await stat(path.dirname(socketPath))).mode & 0o777).toBe(0o700);
  });

  it('goes with the server, and one that was left behind is replaced', async () => {
    const fixture = await createApiFixture();
    await fixture.stop();
    await expect(stat(fixture.socketPath)).rejects.toThrow('ENOENT');
    await leaveSocketBehind(fixture.socketPath);
    await fixture.restart();
    expect((await fixture.request('GET', '/healthz')).text).toBe('ok');
  });

  it('is not taken from a server that runs, nor is a file', async () => {
    const { socketPath, store, request, dir } = await createApiFixture();
    const options = { store, log: silentLog, clock: createFakeClock(), version: '1' };
    await expect(startApiServer({ ...options, socketPath })).rejects.toThrow('another daemon is running');
    expect((await request('GET', '/healthz')).text).toBe('ok');
    const file = path.join(dir, 'file');
    await writeFile(file, 'precious');
    await expect(startApiServer({ ...options, socketPath: file })).rejects.toThrow('is not a socket');
  });

  it('with a path that is too long is refused with the remedy', async () => {
    const { store } = await createApiFixture();
    const options = { store, log: silentLog, clock: createFakeClock(), version: '1' };
    const dir = await mkdtemp(path.join(os.tmpdir(), 'dual-'));
    onTestFinished(() => rm(dir, { recursive: true }));
    const socketPath = path.join(dir, 'x'.repeat(100), 'api.sock');
    await expect(startApiServer({ ...options, socketPath })).rejects.toThrow('use a shorter directory');
  });
});

describe('a subresource', () => {
  it('streams text, or answers an error of the beginning', async () => {
    const { request, client } = await createApiFixture({
      subresources: {
        'workspaces/log': async function* ({ object, query }) {
          if (query['container'] === 'none') throw new Error('there is no such pane');
          yield `${object.metadata.name}\n`;
          yield `${query['container']}\n`;
        },
      },
    });
    await client.create(WORKSPACES, workspaceObject('a'));
    expect(await request('GET', `${COLLECTION}/a/log?container=dev`)).toMatchObject({
      code: 200,
      text: 'a\ndev\n',
      headers: { 'content-type': 'text/plain; charset=utf-8' },
    });
    expect((await request('GET', `${COLLECTION}/a/log?container=none`)).json).toMatchObject({ code: 500 });
    expect((await request('GET', `${COLLECTION}/b/log`)).json).toMatchObject({ code: 404 });
    expect((await request('POST', `${COLLECTION}/a/log`)).code).toBe(405);
  });

  it('learns that the client is gone', async () => {
    let ended = (): void => undefined;
    const gone = new Promise<void>((resolve) => {
      ended = resolve;
    });
    const { client } = await createApiFixture({
      subresources: {
        'workspaces/log': async function* ({ signal }) {
          yield 'first\n';
          await new Promise((resolve) => signal.addEventListener('abort', resolve));
          ended();
        },
      },
    });
    await client.create(WORKSPACES, workspaceObject('a'));
    for await (const line of client.stream(`${COLLECTION}/a/log`, { signal: new AbortController().signal })) {
      expect(line).toBe('first');
      break;
    }
    await gone;
  });
});

describe('old and strict clients', () => {
  it('may leave out the Content-Type, and write nulls into metadata', async () => {
    const { request } = await createApiFixture();
    const body = workspaceObject('w', { metadata: { creationTimestamp: null } });
    expect(await request('POST', COLLECTION, { body })).toMatchObject({
      code: 201,
      json: { metadata: { generation: 1 } },
    });
  });

  it('get a name made for them', async () => {
    const { request } = await createApiFixture();
    const body = projectObject('', { metadata: { name: undefined, generateName: 'p-' } });
    const { json } = await request('POST', '/apis/dual.dev/v1alpha1/projects', { body });
    expect(json).toMatchObject({ metadata: { name: expect.stringMatching(/^p-[a-z0-9]{5}$/) as string } });
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

/** As a server leaves it that was killed. */
async function leaveSocketBehind(socketPath: string): Promise<void> {
  const server = net.createServer();
  const born = `${socketPath}.x`;
  await new Promise<void>((resolve) => server.listen(born, resolve));
  await rename(born, socketPath);
  await new Promise((resolve) => server.close(resolve));
}
