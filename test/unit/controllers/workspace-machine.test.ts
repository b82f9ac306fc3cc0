import { getShortestPaths } from 'xstate/graph';
import { describe, expect, it } from 'vitest';
import { workspaceMachine } from '../../../controllers/workspace/machine.ts';
import type { Observed, State, Step } from '../../../controllers/workspace/machine.ts';
import type { Observation } from '../../../controllers/workspace/observation.ts';
import { ANNOTATION_REQUESTED } from '../../../src/api/labels.ts';
import type { Workspace } from '../../../src/api/types.ts';
import type { RouteResults } from '../../../src/proxy/routes.ts';
import { planWith } from '../../../src/runtime/lifecycle.ts';
import { aWorkspace, everythingInPlace } from '../../support/workspace-fixture.ts';

const NOTHING: Observation = { clone: { dir: '/ws/shop/main', state: { kind: 'missing' }, job: { phase: 'none' } } };

function without(part: 'clone' | 'image' | 'container' | 'shims' | 'session' | 'routes'): Observation {
  const { project, clone, choice, image, container, shims, session, routes } = everythingInPlace();
  const { actual: _machine, ...noMachine } = container;
  const { actual: _session, ...noSession } = session;
  const { results: _results, ...noResults } = routes;
  switch (part) {
    case 'clone':
      return { ...NOTHING, project };
    case 'image':
      return { project, clone, choice, image: { ...image, built: false }, container: noMachine };
    case 'container':
      return { project, clone, choice, image, container: noMachine };
    case 'shims':
      return { project, clone, choice, image, container, shims: { ...shims, upToDate: false }, session, routes };
    case 'session':
      return { project, clone, choice, image, container, shims, session: noSession };
    case 'routes':
      return { project, clone, choice, image, container, shims, session, routes: noResults };
  }
}

function withResults(results: RouteResults): Observation {
  const observation = everythingInPlace();
  return { ...observation, routes: { ...observation.routes, results } };
}

const taken = { port: 3000, listening: false, reason: 'PortTaken', message: 'port 3000 is taken' };
const situations: Record<State, [Workspace, Observation]> = {
  pending: [aWorkspace(), NOTHING],
  cloning: [aWorkspace(), without('clone')],
  building: [aWorkspace(), without('image')],
  starting: [aWorkspace(), without('container')],
  session: [aWorkspace(), without('session')],
  routing: [aWorkspace(), without('routes')],
  ready: [aWorkspace(), everythingInPlace()],
  degraded: [aWorkspace(), withResults({ http: [taken], awaited: [], tcp: [] })],
  stopped: [aWorkspace({ state: 'Stopped' }), everythingInPlace()],
  lazy: [aWorkspace({ state: 'Lazy' }), everythingInPlace()],
  terminating: [aWorkspace({}, { deletionTimestamp: '2026-01-02T00:00:00Z' }), everythingInPlace()],
};

const plan = (object: Workspace, observation: Observation): { state: State; steps: Step[] } =>
  planWith<State, Step>(workspaceMachine, { object, observation });

describe('the life of a Workspace', () => {
  const events = Object.values(situations).map(([object, observation]): Observed => ({
    type: 'observed',
    object,
    observation,
  }));
  const paths = getShortestPaths(workspaceMachine, { events });

  it('has every state within one observation of the start', () => {
    expect(new Set(paths.map((path) => path.state.value))).toEqual(new Set(Object.keys(situations)));
    expect(Math.max(...paths.map((path) => path.steps.length))).toBeLessThanOrEqual(2);
  });

  it.each(Object.entries(situations))('is %s when that is what is observed', (state, [object, observation]) => {
    expect(plan(object, observation).state).toBe(state);
  });

  it('does one thing at a time on the way up, and nothing when ready', () => {
    const stepsOf = (state: State): Step[] => plan(...situations[state]).steps;
    expect(stepsOf('cloning')).toEqual(['announceRoute', 'ensureClone']);
    expect(stepsOf('building')).toEqual(['announceRoute', 'ensureImage']);
    expect(stepsOf('starting')).toEqual(['announceRoute', 'ensureContainer']);
    expect(stepsOf('session')).toEqual(['ensureSession']);
    expect(plan(aWorkspace(), without('shims'))).toEqual({ state: 'session', steps: ['ensureShims'] });
    expect(stepsOf('routing')).toEqual(['ensureRoute']);
    expect(stepsOf('ready')).toEqual([]);
  });

  it('ends processes before it lets go of the clone, and drops the finalizer last', () => {
    const { steps } = plan(...situations.terminating);
    expect(steps.indexOf('removeSession')).toBeLessThan(steps.indexOf('releaseClone'));
    expect(steps.indexOf('removeContainer')).toBeLessThan(steps.indexOf('releaseClone'));
    expect(steps.at(-1)).toBe('dropFinalizer');
  });

  it('goes away even when its Project is gone already', () => {
    expect(plan(aWorkspace({}, { deletionTimestamp: 'x' }), NOTHING).state).toBe('terminating');
  });

  it('makes a Lazy one real once it was asked for', () => {
    const requested = aWorkspace(
      { state: 'Lazy' },
      { annotations: { [ANNOTATION_REQUESTED]: '2026-01-01T00:00:00Z' } },
    );
    expect(plan(requested, everythingInPlace()).state).toBe('ready');
  });

  it('makes the machine anew when its worktree was replaced', () => {
    const observation = everythingInPlace();
    observation.container.spec.specHash = 'spec2';
    expect(plan(aWorkspace(), observation).state).toBe('starting');
  });

  it('is Ready although a plain TCP address cannot be had', () => {
    expect(plan(aWorkspace(), withResults({ http: [], awaited: [], tcp: [taken] })).state).toBe('ready');
  });

  it('needs no image while the machine is up to date', () => {
    const observation = everythingInPlace();
    observation.image.built = false;
    expect(plan(aWorkspace(), observation).state).toBe('ready');
  });
});
