import { setup } from 'xstate';
import type { Workspace } from '../../src/api/types.ts';
import type { Observation } from './observation.ts';
import * as is from './predicates.ts';

/** Where a Workspace is in its life. */
export type State =
  | 'pending'
  | 'cloning'
  | 'building'
  | 'starting'
  | 'session'
  | 'routing'
  | 'ready'
  | 'degraded'
  | 'stopped'
  | 'lazy'
  | 'terminating';

/** What there is to do, by name; each is one `ensure…` function, idempotent. */
export type Step =
  | 'announceRoute'
  | 'ensureClone'
  | 'ensureImage'
  | 'ensureContainer'
  | 'ensureShims'
  | 'ensureSession'
  | 'ensureRoute'
  | 'withdrawRoute'
  | 'endJobs'
  | 'removeSession'
  | 'stopContainer'
  | 'removeContainer'
  | 'releaseClone'
  | 'dropFinalizer';

export interface Observed {
  type: 'observed';
  object: Workspace;
  observation: Observation;
}

type Guard = { event: Observed };

/**
 * The life of a Workspace as a pure planner: whatever the state, one `observed` event leads to the first of these that holds. It
 * has no context, no timers and no I/O, so that a crash is nothing but a late reconcile.
 */
export const workspaceMachine = setup({
  types: { events: {} as Observed },
  guards: {
    isDeleted: ({ event }: Guard) => event.object.metadata.deletionTimestamp !== undefined,
    isOrphan: ({ event }: Guard) => event.observation.project === undefined,
    isStopped: ({ event }: Guard) => event.object.spec.state === 'Stopped',
    isUnrequested: ({ event }: Guard) => event.object.spec.state === 'Lazy' && !is.wantsMachine(event.object),
    lacksClone: ({ event }: Guard) => !is.cloneReady(event.object, event.observation),
    lacksImage: ({ event }: Guard) => !is.imageReady(event.observation),
    lacksContainer: ({ event }: Guard) => !is.containerReady(event.observation),
    lacksShims: ({ event }: Guard) => !is.shimsReady(event.observation),
    lacksSession: ({ event }: Guard) => !is.sessionReady(event.observation),
    lacksRoute: ({ event }: Guard) => !is.routePublished(event.observation),
    isImpaired: ({ event }: Guard) => is.impaired(event.observation),
  },
  actions: {
    announceRoute: () => {},
    ensureClone: () => {},
    ensureImage: () => {},
    ensureContainer: () => {},
    ensureShims: () => {},
    ensureSession: () => {},
    ensureRoute: () => {},
    withdrawRoute: () => {},
    endJobs: () => {},
    removeSession: () => {},
    stopContainer: () => {},
    removeContainer: () => {},
    releaseClone: () => {},
    dropFinalizer: () => {},
  },
}).createMachine({
  id: 'workspace',
  initial: 'pending',
  on: {
    observed: [
      {
        guard: 'isDeleted',
        target: '.terminating',
        actions: ['withdrawRoute', 'endJobs', 'removeSession', 'removeContainer', 'releaseClone', 'dropFinalizer'],
      },
      {
        guard: 'isStopped',
        target: '.stopped',
        actions: ['endJobs', 'removeSession', 'stopContainer', 'announceRoute'],
      },
      {
        guard: 'isUnrequested',
        target: '.lazy',
        actions: ['endJobs', 'removeSession', 'stopContainer', 'announceRoute'],
      },
      { guard: 'isOrphan', target: '.pending', actions: ['announceRoute'] },
      { guard: 'lacksClone', target: '.cloning', actions: ['announceRoute', 'ensureClone'] },
      { guard: 'lacksImage', target: '.building', actions: ['announceRoute', 'ensureImage'] },
      { guard: 'lacksContainer', target: '.starting', actions: ['announceRoute', 'ensureContainer'] },
      { guard: 'lacksShims', target: '.session', actions: ['ensureShims'] },
      { guard: 'lacksSession', target: '.session', actions: ['ensureSession'] },
      { guard: 'lacksRoute', target: '.routing', actions: ['ensureRoute'] },
      { guard: 'isImpaired', target: '.degraded' },
      { target: '.ready' },
    ],
  },
  states: {
    pending: {},
    cloning: {},
    building: {},
    starting: {},
    session: {},
    routing: {},
    ready: {},
    degraded: {},
    stopped: {},
    lazy: {},
    terminating: {},
  },
});
