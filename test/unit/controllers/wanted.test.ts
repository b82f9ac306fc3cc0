import { expect, it } from 'vitest';
import type { WorkspaceContext } from '../../../controllers/workspace/context.ts';
import { onWanted } from '../../../controllers/workspace/wanted.ts';
import { ANNOTATION_REQUESTED } from '../../../src/api/labels.ts';
import type { Workspace } from '../../../src/api/types.ts';
import { ApiError } from '../../../src/errors/api-error.ts';
import { silentLog } from '../../../src/log/log.ts';
import { aWorkspace } from '../../support/workspace-fixture.ts';

const NOW = Date.parse('2026-01-01T00:00:00Z');

/** An API with that workspace which fails so often first, and what it was asked to change; time passes at once. */
function world(workspace: Workspace, failures: Error[], onWait: () => void = () => {}): [WorkspaceContext, unknown[]] {
  const patches: unknown[] = [];
  const answer = <T>(result: T): Promise<T> => {
    const failure = failures.shift();
    return failure ? Promise.reject(failure) : Promise.resolve(result);
  };
  const client = {
    get: () => answer(workspace),
    patch: async (_resource: unknown, _name: string, patch: unknown) => {
      await answer(undefined);
      patches.push(patch);
    },
  };
  const after = (_milliseconds: number, callback: () => void): (() => void) => {
    onWait();
    queueMicrotask(callback);
    return () => {};
  };
  const context = { api: { client }, clock: { now: () => NOW, after }, log: silentLog };
  return [context as unknown as WorkspaceContext, patches];
}

const lazy = aWorkspace({ state: 'Lazy' });
const never = new AbortController().signal;
const noted = [{ metadata: { annotations: { [ANNOTATION_REQUESTED]: '2026-01-01T00:00:00Z' } } }];

it('that a Lazy workspace is wanted is noted, although the API fails at first', async () => {
  const [context, patches] = world(lazy, [new Error('no'), new Error('still not'), new Error('nor now')]);
  await onWanted(context, 'shop-main', never);
  expect(patches).toEqual(noted);
});

it('what is gone is left alone at once', async () => {
  const failures = [new ApiError('NotFound', 'it is gone'), new Error('asked again')];
  const [context, patches] = world(lazy, failures);
  await onWanted(context, 'shop-main', never);
  expect([patches, failures.length]).toEqual([[], 1]);
});

it('an API that goes on failing is not asked for ever, nor past the end', async () => {
  const failures = Array.from({ length: 100 }, () => new Error('no'));
  await onWanted(world(lazy, failures)[0], 'shop-main', never);
  expect(failures.length).toBeGreaterThan(80);
  const before = failures.length;
  const stop = new AbortController();
  await onWanted(world(lazy, failures, () => stop.abort())[0], 'shop-main', stop.signal);
  expect(before - failures.length).toBe(1);
});
