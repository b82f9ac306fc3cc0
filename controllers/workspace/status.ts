import type { Condition } from '../../src/api/meta.ts';
import type { Workspace, WorkspaceStatus } from '../../src/api/types.ts';
import { workspaceConditions } from './conditions.ts';
import type { State } from './machine.ts';
import type { Outcome } from './outcome.ts';
import type { Observation } from './observation.ts';
import { portStatuses } from './port-status.ts';
import { sessionStatus } from './session-status.ts';

const PHASES: Record<State, NonNullable<WorkspaceStatus['phase']>> = {
  pending: 'Pending',
  cloning: 'Cloning',
  building: 'Building',
  starting: 'Starting',
  session: 'Starting',
  routing: 'Starting',
  ready: 'Ready',
  degraded: 'Degraded',
  stopped: 'Stopped',
  lazy: 'Lazy',
  terminating: 'Terminating',
};

/** The whole status, from what was observed; what is undefined in it is left out when it is written. Pure; `now` is RFC 3339. */
export function workspaceStatus(
  workspace: Workspace,
  outcome: Outcome,
  options: { now: string; backend: string; driver: string },
): WorkspaceStatus {
  const { observation, state } = outcome;
  const before = workspace.status ?? {};
  const atRest = state === 'stopped' || state === 'lazy';
  return {
    observedGeneration: workspace.metadata.generation,
    phase: PHASES[state],
    conditions: workspaceConditions(workspace, outcome, options.now) as Condition[],
    clone: cloneStatus(observation) ?? before.clone,
    image: imageStatus(observation) ?? before.image,
    container: containerStatus(before.container, observation, options.driver),
    session: atRest ? stoppedSession(workspace, options.backend) : sessionStatus(observation, options.backend),
    ports: atRest ? [] : portStatuses(workspace.metadata.name, observation),
  };
}

function cloneStatus({ clone }: Observation): WorkspaceStatus['clone'] {
  if (clone.state.kind !== 'clone') return undefined;
  const { head, branch, dirty, unpushed } = clone.state;
  return { path: clone.dir, head, branch, dirty, unpushed };
}

function imageStatus({ image }: Observation): WorkspaceStatus['image'] {
  return image && { ref: image.plan.ref, inputsHash: image.plan.inputsHash };
}

type ContainerStatus = WorkspaceStatus['container'];

/** `restarts` counts the runs after the first one, whatever ended the earlier ones; so the last run stays on record while none is. */
function containerStatus(before: ContainerStatus, { container }: Observation, driver: string): ContainerStatus {
  const actual = container?.actual;
  if (!actual) return before;
  const { id, name, startedAt = before?.startedAt } = actual;
  const restarts = (before?.restarts ?? 0) + (isAnotherRun(before, startedAt) ? 1 : 0);
  return { driver, id, name, startedAt, restarts };
}

function isAnotherRun(before: ContainerStatus, startedAt: string | undefined): boolean {
  return before?.startedAt !== undefined && before.startedAt !== startedAt;
}

function stoppedSession(workspace: Workspace, backend: string): WorkspaceStatus['session'] {
  return { backend, name: workspace.metadata.name, state: 'Stopped', panes: [] };
}
