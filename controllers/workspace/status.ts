import type { Condition } from '../../src/api/meta.ts';
import type { Workspace, WorkspaceStatus } from '../../src/api/types.ts';
import type { Container } from '../../src/drivers/container/driver.ts';
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
export function workspaceStatus(workspace: Workspace, outcome: Outcome, now: string): WorkspaceStatus {
  const { observation, state } = outcome;
  const before = workspace.status ?? {};
  const atRest = state === 'stopped' || state === 'lazy';
  return {
    observedGeneration: workspace.metadata.generation,
    phase: PHASES[state],
    conditions: workspaceConditions(workspace, outcome, now) as Condition[],
    clone: cloneStatus(observation) ?? before.clone,
    image: imageStatus(before.image, observation),
    container: containerStatus(before.container, observation),
    session: atRest ? stoppedSession(workspace) : sessionStatus(observation),
    address: observation.address ?? before.address,
    ports: atRest ? [] : portStatuses(workspace.metadata.name, observation),
  };
}

function cloneStatus({ clone }: Observation): WorkspaceStatus['clone'] {
  if (clone.state.kind !== 'clone') return undefined;
  const { head, branch, dirty, unpushed } = clone.state;
  return { path: clone.dir, head, branch, dirty, unpushed };
}

/** A machine on the host's own file system has none. */
function imageStatus(before: WorkspaceStatus['image'], { image, choice }: Observation): WorkspaceStatus['image'] {
  if (!image || !choice) return before;
  return choice.root === 'image' ? { ref: image.plan.ref, inputsHash: image.plan.inputsHash } : undefined;
}

type ContainerStatus = WorkspaceStatus['container'];

/** The driver is on record from the moment on at which it is chosen, and so is the last run while there is none. */
function containerStatus(recorded: ContainerStatus, { choice, container }: Observation): ContainerStatus {
  if (!choice) return recorded;
  const before = recorded?.driver === choice.name ? recorded : undefined;
  const actual = container?.actual;
  return actual ? machineStatus(before, choice.name, actual) : { ...before, driver: choice.name };
}

/** `restarts` counts the runs after the first one, whatever ended the earlier ones. */
function machineStatus(before: ContainerStatus, driver: string, actual: Container): ContainerStatus {
  const { id, name, startedAt = before?.startedAt } = actual;
  const isAnotherRun = before?.startedAt !== undefined && before.startedAt !== startedAt;
  return { driver, id, name, startedAt, restarts: (before?.restarts ?? 0) + (isAnotherRun ? 1 : 0) };
}

function stoppedSession(workspace: Workspace): WorkspaceStatus['session'] {
  const backend = workspace.status?.session?.backend;
  return { ...(backend !== undefined && { backend }), name: workspace.metadata.name, state: 'Stopped', panes: [] };
}
