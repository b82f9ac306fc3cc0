import { initialTransition, transition } from 'xstate';
import type { AnyStateMachine } from 'xstate';

/** What a machine makes of an observation: where the object is in its life, and what to do next, by name. */
export interface Plan<State extends string, Step extends string> {
  state: State;
  steps: Step[];
}

/**
 * Runs an xstate machine as a pure planner: from its initial state, one `observed` event, no memory. A machine for this has
 * no invokes, no delays and no context of its own; its actions are names of steps.
 */
export function planWith<State extends string, Step extends string>(
  machine: AnyStateMachine,
  observed: Record<string, unknown>,
): Plan<State, Step> {
  const [initial] = initialTransition(machine);
  const [next, actions] = transition(machine, initial, { type: 'observed', ...observed });
  return { state: next.value as State, steps: actions.map((action) => action.type as Step) };
}
