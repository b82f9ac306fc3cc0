import { expect, it } from 'vitest';
import { workspaceConditions } from '../../../controllers/workspace/conditions.ts';
import { descriptionOf } from '../../../controllers/workspace/description.ts';
import type { WorkspaceStatus } from '../../../src/api/types.ts';
import { RetryError, StalledError, WaitingError } from '../../../src/errors/reconcile-errors.ts';
import { fitting } from '../../../src/proxy/control-schemas.ts';
import { aWorkspace, everythingInPlace } from '../../support/workspace-fixture.ts';

const NOW = '2026-01-01T00:00:00Z';

function building(error: Error): WorkspaceStatus {
  const outcome = { state: 'building' as const, observation: everythingInPlace(), error };
  return { phase: 'Building', conditions: workspaceConditions(aWorkspace(), outcome, NOW) };
}

it('tells the parts in the order in which they come about, and what is under way', () => {
  const description = descriptionOf(building(new WaitingError('Building', 'step 4/9', 1)));
  expect(description).toMatchObject({ phase: 'Building', message: 'step 4/9' });
  expect(description.conditions.map(({ type, status }) => `${type}=${status}`)).toEqual([
    'CloneReady=True',
    'ImageReady=False',
    'ContainerReady=Unknown',
    'SessionReady=Unknown',
    'RouteReady=Unknown',
  ]);
  expect(description.conditions[1]).toEqual({
    type: 'ImageReady',
    status: 'False',
    reason: 'Building',
    message: 'step 4/9',
  });
});

it('tells what is stalled from what is tried again', () => {
  const types = (error: Error): string[] => descriptionOf(building(error)).conditions.map(({ type }) => type);
  expect(types(new StalledError('BuildFailed', 'x'))).toContain('Stalled');
  expect(types(new RetryError('RegistryUnreachable', 'x'))).not.toContain('Stalled');
});

it('knows a Workspace that nobody has looked at yet', () => {
  expect(descriptionOf({})).toEqual({ phase: 'Pending', message: '', conditions: [] });
});

it('keeps the end of what is too long to tell, and everything else as it is', () => {
  const message = `${'x'.repeat(10_000)} the error`;
  const { message: told, conditions } = fitting(descriptionOf(building(new StalledError('BuildFailed', message))));
  expect(told).toMatch(/^…x+ the error$/);
  expect(told).toHaveLength(4096);
  expect(conditions[1]?.message).toBe(told);
  const short = descriptionOf(building(new WaitingError('Building', 'step 4/9', 1)));
  expect(fitting(short)).toEqual(short);
});
