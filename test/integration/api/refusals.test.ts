import net from 'node:net';
import { describe, expect, it } from 'vitest';
import { WORKSPACES } from '../../../src/api/scheme.ts';
import { createApiFixture } from '../../support/api-fixture.ts';
import { projectObject, workspaceObject } from '../../support/store-fixture.ts';

const COLLECTION = '/apis/dual.dev/v1alpha1/workspaces';

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

  const large = `"${'x'.repeat(3 * 1024 * 1024)}"`;
  const named = (metadata: object): object => workspaceObject('w', { metadata });
  it.each<{ what: string; body: unknown; headers?: Record<string, string>; code: number; message: string }>([
    { what: 'half JSON', body: '{"password":"s3cret', code: 400, message: 'not valid JSON' },
    { what: 'nothing', body: '', code: 400, message: 'not valid JSON' },
    { what: 'a list', body: [], code: 400, message: 'not an object' },
    {
      what: 'another kind',
      body: projectObject('w'),
      code: 400,
      message: 'the kind in the data (Project) is not Workspace',
    },
    {
      what: 'another version',
      body: { ...named({}), apiVersion: 'v1' },
      code: 400,
      message: 'does not match the expected',
    },
    { what: 'no kind', body: { spec: {} }, code: 400, message: "Object 'Kind' is missing" },
    { what: 'no name', body: named({ name: undefined }), code: 422, message: 'name or generateName is required' },
    {
      what: 'a version',
      body: named({ resourceVersion: '1' }),
      code: 400,
      message: 'resourceVersion should not be set',
    },
    { what: 'a namespace', body: named({ namespace: 'default' }), code: 400, message: 'have no namespace' },
    {
      what: 'YAML',
      body: named({}),
      headers: { 'content-type': 'application/yaml' },
      code: 415,
      message: 'application/json',
    },
    {
      what: 'a wish for YAML',
      body: named({}),
      headers: { accept: 'application/yaml' },
      code: 406,
      message: 'application/json',
    },
    { what: 'an origin', body: named({}), headers: { origin: 'http://x.example' }, code: 403, message: 'web pages' },
    { what: 'fetch', body: named({}), headers: { 'sec-fetch-site': 'cross-site' }, code: 403, message: 'web pages' },
    { what: 'too much', body: large, code: 413, message: 'Request entity too large: limit is 3145728' },
  ])('a POST with $what', async ({ body, headers = {}, code, message }) => {
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
