import { describe, expect, it } from 'vitest';
import { WORKSPACES } from '../../../src/api/scheme.ts';
import { createApiFixture } from '../../support/api-fixture.ts';
import { workspaceObject } from '../../support/store-fixture.ts';

const COLLECTION = '/apis/dual.dev/v1alpha1/workspaces';

describe('a subresource', () => {
  it('streams text, or answers an error of the beginning', async () => {
    const { request, client } = await createApiFixture({
      subresources: {
        async *'workspaces/log'({ object, query }) {
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
        async *'workspaces/log'({ signal }) {
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
