import type { Project, Workspace } from '../../src/api/types.ts';
import type { Clone } from '../../src/drivers/source/driver.ts';
import type { WorkspaceContext } from './context.ts';
import type { Entry } from './memory.ts';
import type { Observation } from './observation.ts';

/** What every look at a part of the world is handed. */
export interface Look {
  context: WorkspaceContext;
  memory: Entry;
  workspace: Workspace;
  /** Loopback addresses by name of the Workspace, as they were given out. */
  addresses: Map<string, string>;
  /** Found earlier in the same reconcile: a finished clone is not looked at twice. */
  previous?: Observation | undefined;
}

/** What is known once there are a Project and a clone. */
export interface Found {
  project: Project;
  observation: Observation;
  clone: Clone;
}
