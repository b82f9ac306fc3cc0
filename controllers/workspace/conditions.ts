import {
  CLONE_READY,
  CONTAINER_READY,
  IMAGE_READY,
  READY,
  REASON,
  RECONCILING,
  ROUTE_READY,
  SESSION_READY,
  STALLED,
  WORKSPACE_CONDITIONS,
} from '../../src/api/conditions.ts';
import type { WorkspaceCondition } from '../../src/api/conditions.ts';
import type { Condition } from '../../src/api/meta.ts';
import type { Workspace } from '../../src/api/types.ts';
import { getCondition, removeCondition, setCondition } from '../../src/conditions/conditions.ts';
import { StalledError, explain } from '../../src/errors/reconcile-errors.ts';
import { established } from './findings.ts';
import type { Finding } from './findings.ts';
import type { State } from './machine.ts';
import type { Observation } from './observation.ts';
import type { Outcome } from './outcome.ts';
import { awaitedRemarks } from './route-finding.ts';

/** Which condition a state works on; those before it are true, those after it wait for it. */
const WORKS_ON: Partial<Record<State, WorkspaceCondition>> = {
  cloning: CLONE_READY,
  building: IMAGE_READY,
  starting: CONTAINER_READY,
  session: SESSION_READY,
  routing: ROUTE_READY,
};

const PROGRESS: Record<WorkspaceCondition, Finding> = {
  CloneReady: { status: 'False', reason: REASON.cloning, message: 'cloning' },
  ImageReady: { status: 'False', reason: REASON.building, message: 'building the image' },
  ContainerReady: { status: 'False', reason: REASON.starting, message: 'starting the machine' },
  SessionReady: { status: 'False', reason: REASON.starting, message: 'starting the session' },
  RouteReady: { status: 'False', reason: REASON.starting, message: 'publishing the routes' },
};

/** All conditions of a Workspace, `Ready` summed up from the others. Pure; `now` is RFC 3339. */
export function workspaceConditions(workspace: Workspace, outcome: Outcome, now: string): Condition[] {
  const observedGeneration = workspace.metadata.generation;
  let conditions: Condition[] = workspace.status?.conditions ?? [];
  const set = (type: string, finding: Finding): void => {
    conditions = setCondition(conditions, { type, ...finding, observedGeneration }, now);
  };
  for (const type of WORKSPACE_CONDITIONS) set(type, finding(type, workspace, outcome));
  const ready = summary(conditions, outcome);
  set(READY, ready);
  for (const [type, abnormal] of Object.entries(abnormalities(outcome, ready))) {
    if (abnormal) set(type, abnormal);
    else conditions = removeCondition(conditions, type);
  }
  return conditions;
}

function finding(type: WorkspaceCondition, workspace: Workspace, { state, observation, error }: Outcome): Finding {
  const current = WORKS_ON[state];
  if (current === type) return error === undefined ? PROGRESS[type] : { status: 'False', ...explain(error) };
  const special = exceptional(type, workspace, { state, observation });
  if (special) return special;
  const reached = current === undefined || WORKSPACE_CONDITIONS.indexOf(type) < WORKSPACE_CONDITIONS.indexOf(current);
  if (!reached) return { status: 'Unknown', reason: REASON.waiting, message: `waits for ${current}` };
  return established(type, workspace, observation);
}

/** States in which nothing is worked on and not everything is there. */
function exceptional(
  type: WorkspaceCondition,
  workspace: Workspace,
  { state, observation }: Outcome,
): Finding | undefined {
  switch (state) {
    case 'pending':
      return { status: 'Unknown', reason: REASON.waiting, message: `waits for Project ${workspace.spec.project}` };
    case 'terminating':
      return { status: 'False', reason: REASON.terminating, message: 'the Workspace is being deleted' };
    case 'stopped':
      return kept(type, workspace) ?? { status: 'False', reason: REASON.stopped, message: 'spec.state is Stopped' };
    case 'lazy':
      return kept(type, workspace) ?? lazyFinding(type, observation);
    default:
      return undefined;
  }
}

function lazyFinding(type: WorkspaceCondition, observation: Observation): Finding {
  const remarks = type === ROUTE_READY ? awaitedRemarks(observation) : [];
  return { status: 'False', reason: REASON.lazy, message: ['made real on first use', ...remarks].join('; ') };
}

/** Clone and image stay when the rest is stopped. */
function kept(type: WorkspaceCondition, workspace: Workspace): Finding | undefined {
  if (type !== CLONE_READY && type !== IMAGE_READY) return undefined;
  const condition = getCondition(workspace.status?.conditions, type);
  return condition?.status === 'True' ? condition : undefined;
}

/** `Ready`: true when all of the others are, else what the first of them says. */
function summary(conditions: Condition[], { state, error }: Outcome): Finding {
  // Where no part is worked on, there is no other place to tell what went wrong.
  if (WORKS_ON[state] === undefined && error !== undefined) return { status: 'False', ...explain(error) };
  const parts = WORKSPACE_CONDITIONS.map((type) => getCondition(conditions, type));
  const broken = parts.find((condition) => condition?.status !== 'True');
  if (!broken) return { status: 'True', reason: REASON.reconciled, message: 'the workspace is ready' };
  return { status: 'False', reason: broken.reason, message: broken.message };
}

function abnormalities({ state, error }: Outcome, ready: Finding): Record<string, Finding | undefined> {
  const { reason, message } = ready;
  const stalled = error instanceof StalledError;
  const busy = !stalled && (error !== undefined || WORKS_ON[state] !== undefined || state === 'terminating');
  return {
    [RECONCILING]: busy ? { status: 'True', reason, message } : undefined,
    [STALLED]: stalled ? { status: 'True', reason, message } : undefined,
  };
}
