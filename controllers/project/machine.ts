import { setup } from 'xstate';
import type { Project } from '../../src/api/types.ts';

export type State = 'pending' | 'ready' | 'terminating';
export type Step = 'checkSource' | 'awaitWorkspaces' | 'dropFinalizer';

export interface Observation {
  /** Names of the Workspaces that name this Project. */
  workspaces: string[];
  /** Why the source cannot be used. */
  sourceProblem?: string;
}

export interface Observed {
  type: 'observed';
  object: Project;
  observation: Observation;
}

type Guard = { event: Observed };

/** The life of a Project as a pure planner, see the Workspace's. */
export const projectMachine = setup({
  types: { events: {} as Observed },
  guards: {
    isDeleted: ({ event }: Guard) => event.object.metadata.deletionTimestamp !== undefined,
    isUnusable: ({ event }: Guard) => event.observation.sourceProblem !== undefined,
  },
  actions: { checkSource: () => {}, awaitWorkspaces: () => {}, dropFinalizer: () => {} },
}).createMachine({
  id: 'project',
  initial: 'pending',
  on: {
    observed: [
      { guard: 'isDeleted', target: '.terminating', actions: ['awaitWorkspaces', 'dropFinalizer'] },
      { guard: 'isUnusable', target: '.pending', actions: ['checkSource'] },
      { target: '.ready' },
    ],
  },
  states: { pending: {}, ready: {}, terminating: {} },
});
