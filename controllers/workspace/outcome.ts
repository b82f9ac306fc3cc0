import type { State } from './machine.ts';
import type { Observation } from './observation.ts';

/** How a reconcile ended: where the Workspace is, what was found, and what went wrong or is under way. */
export interface Outcome {
  state: State;
  observation: Observation;
  error?: unknown;
}
