import { describe, expect, it } from 'vitest';
import { setCondition } from '../../src/conditions/conditions.ts';
import { workspaceConditions } from '../../controllers/workspace/conditions.ts';
import { transitions } from '../../controllers/workspace/events.ts';
import type { Condition } from '../../src/api/meta.ts';
import { RetryError, StalledError, WaitingError } from '../../src/errors/reconcile-errors.ts';
import { aWorkspace, everythingInPlace } from '../support/workspace-fixture.ts';

const NOW = '2026-01-01T00:00:00Z';
const LATER = '2026-01-01T01:00:00Z';

function find(conditions: Condition[], type: string): Condition | undefined {
  return conditions.find((condition) => condition.type === type);
}

describe('setting a condition', () => {
  it('moves its time only when its status changes', () => {
    const base = { type: 'Ready', reason: 'A', message: '' };
    const first = setCondition([], { ...base, status: 'False' }, NOW);
    const same = setCondition(first, { ...base, status: 'False', reason: 'B' }, LATER);
    expect(same).toMatchObject([{ reason: 'B', lastTransitionTime: NOW }]);
    expect(setCondition(same, { ...base, status: 'True' }, LATER)).toMatchObject([{ lastTransitionTime: LATER }]);
  });
});

describe('the conditions of a Workspace', () => {
  it('are all true when everything is there, and nothing is under way', () => {
    const conditions = workspaceConditions(aWorkspace(), { state: 'ready', observation: everythingInPlace() }, NOW);
    expect(conditions.map(({ type, status }) => `${type}=${status}`)).toEqual([
      'CloneReady=True',
      'ImageReady=True',
      'ContainerReady=True',
      'SessionReady=True',
      'RouteReady=True',
      'Ready=True',
    ]);
  });

  it('tell the driver, why it is that one, and what does not hold there', () => {
    const observation = everythingInPlace();
    observation.choice = { name: 'sandbox', root: 'host', why: 'auto, since docker did not answer when it was chosen' };
    observation.container.actual!.notices = ['users: one', 'outgoing network: none'];
    const conditions = workspaceConditions(aWorkspace(), { state: 'ready', observation }, NOW);
    expect(find(conditions, 'ContainerReady')?.message).toBe(
      'dual-shop-main is running; driver sandbox (auto, since docker did not answer when it was chosen). users: one. outgoing network: none',
    );
  });

  it('say that a machine on the host’s own file system needs no image, what it has and what is lacking', () => {
    const observation = everythingInPlace();
    observation.choice = { name: 'sandbox', root: 'host', why: '' };
    observation.image.plan.tools = [{ name: 'node', version: '22.11.0', cause: '.nvmrc' }];
    observation.image.plan.lacking = [
      { what: 'PostgreSQL', cause: 'compose.yaml, service db', remedy: 'sudo apt-get install postgresql' },
    ];
    const conditions = workspaceConditions(aWorkspace(), { state: 'ready', observation }, NOW);
    expect(find(conditions, 'ImageReady')).toMatchObject({
      status: 'True',
      reason: 'NotNeeded',
      message:
        "this host's own file system, with node 22.11.0 (.nvmrc); PostgreSQL is lacking (compose.yaml, service db): sudo apt-get install postgresql",
    });
  });

  it('say what is under way and what waits for it', () => {
    const error = new WaitingError('Building', 'step 4/9: installing pnpm 9.15.4', 1);
    const conditions = workspaceConditions(
      aWorkspace(),
      { state: 'building', observation: everythingInPlace(), error },
      NOW,
    );
    expect(find(conditions, 'CloneReady')).toMatchObject({ status: 'True' });
    expect(find(conditions, 'ImageReady')).toMatchObject({
      status: 'False',
      reason: 'Building',
      message: error.message,
    });
    expect(find(conditions, 'ContainerReady')).toMatchObject({ status: 'Unknown', reason: 'Waiting' });
    expect(find(conditions, 'Ready')).toMatchObject({ status: 'False', reason: 'Building' });
    expect(find(conditions, 'Reconciling')).toMatchObject({ status: 'True' });
    expect(find(conditions, 'Stalled')).toBeUndefined();
  });

  it('tell what only the user can mend from what is tried again', () => {
    const observation = everythingInPlace();
    const stalled = workspaceConditions(
      aWorkspace(),
      { state: 'cloning', observation, error: new StalledError('DirectoryTaken', 'x') },
      NOW,
    );
    expect(find(stalled, 'Stalled')).toMatchObject({ status: 'True', reason: 'DirectoryTaken' });
    expect(find(stalled, 'Reconciling')).toBeUndefined();
    const retried = workspaceConditions(
      aWorkspace(),
      { state: 'cloning', observation, error: new RetryError('SourceUnreachable', 'x') },
      NOW,
    );
    expect(find(retried, 'Reconciling')).toMatchObject({ status: 'True', reason: 'SourceUnreachable' });
    expect(find(retried, 'Stalled')).toBeUndefined();
  });

  it('tell why a Workspace does not go, or does not stop', () => {
    const observation = everythingInPlace();
    const error = new RetryError('DriverUnavailable', 'Docker does not answer');
    for (const state of ['terminating', 'stopped'] as const) {
      const conditions = workspaceConditions(aWorkspace(), { state, observation, error }, NOW);
      expect(find(conditions, 'Ready')).toMatchObject({ status: 'False', reason: 'DriverUnavailable' });
    }
  });

  it('report a branch that the user has switched without calling it broken', () => {
    const observation = everythingInPlace();
    observation.clone.state = {
      ...(observation.clone.state as object),
      branch: 'other',
    } as typeof observation.clone.state;
    const conditions = workspaceConditions(aWorkspace(), { state: 'ready', observation }, NOW);
    expect(find(conditions, 'CloneReady')).toMatchObject({ status: 'True', reason: 'BranchDrifted' });
    expect(find(conditions, 'Ready')).toMatchObject({ status: 'True' });
  });

  it('name the port that is taken', () => {
    const message = 'port 3000 is taken by postgres (pid 7)';
    const observation = everythingInPlace();
    observation.routes.results = {
      http: [{ port: 3000, listening: false, reason: 'PortTaken', message }],
      awaited: [],
      tcp: [],
    };
    const conditions = workspaceConditions(aWorkspace(), { state: 'degraded', observation }, NOW);
    expect(find(conditions, 'RouteReady')).toMatchObject({
      status: 'False',
      reason: 'PortTaken',
      message,
    });
    expect(find(conditions, 'Ready')).toMatchObject({ status: 'False', reason: 'PortTaken' });
  });
});

describe('events', () => {
  it('tell of transitions, once, and not of waiting', () => {
    const before = workspaceConditions(aWorkspace(), { state: 'building', observation: everythingInPlace() }, NOW);
    const after = workspaceConditions(aWorkspace(), { state: 'ready', observation: everythingInPlace() }, LATER);
    expect(transitions([], before).map(({ reason }) => reason)).toEqual(['Cloned', 'Building']);
    expect(transitions(before, after).map(({ reason }) => reason)).toEqual([
      'Built',
      'Running',
      'SessionRunning',
      'NoPorts',
      'Reconciled',
    ]);
    expect(transitions(after, after)).toEqual([]);
  });

  it('warn of what went wrong, once and not again as not ready', () => {
    const before = workspaceConditions(aWorkspace(), { state: 'cloning', observation: everythingInPlace() }, NOW);
    const error = new RetryError('SourceUnreachable', 'cannot reach it');
    const after = workspaceConditions(
      { ...aWorkspace(), status: { conditions: before } },
      { state: 'cloning', observation: everythingInPlace(), error },
      NOW,
    );
    expect(transitions(before, after)).toEqual([
      { type: 'Warning', reason: 'SourceUnreachable', message: 'cannot reach it' },
    ]);
  });
});
