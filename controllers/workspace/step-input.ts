import type { Workspace } from '../../src/api/types.ts';
import type { WorkspaceContext } from './context.ts';
import type { State } from './machine.ts';
import type { Entry } from './memory.ts';
import type { Observation } from './observation.ts';

/** What every step is handed. */
export interface StepInput {
  context: WorkspaceContext;
  memory: Entry;
  workspace: Workspace;
  state: State;
  observation: Observation;
}
