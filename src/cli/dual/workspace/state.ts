import { CONTAINER_READY, READY, REASON, STALLED, WORKSPACE_CONDITIONS } from '../../../api/conditions.ts';
import { ANNOTATION_REQUESTED } from '../../../api/labels.ts';
import type { Condition } from '../../../api/meta.ts';
import type { Workspace } from '../../../api/types.ts';
import { getCondition, isTrue } from '../../../conditions/conditions.ts';
import { CliError } from '../../shared/errors.ts';

/** How long a first use waits by default: a clone and an image build may lie before it. Milliseconds. */
export const DEFAULT_TIMEOUT = 15 * 60_000;

/** Lazy, and nobody has asked for it yet. */
export function isUnrequested(workspace: Workspace): boolean {
  return workspace.spec.state === 'Lazy' && !workspace.metadata.annotations?.[ANNOTATION_REQUESTED];
}

/** Whether the status speaks of the spec as it is now. */
function isCurrent(workspace: Workspace): boolean {
  return (workspace.status?.observedGeneration ?? 0) >= workspace.metadata.generation;
}

/** Whether commands can run in its machine. */
export function hasMachine(workspace: Workspace): boolean {
  return isTrue(workspace.status?.conditions, CONTAINER_READY);
}

export function hasSession(workspace: Workspace): boolean {
  const session = workspace.status?.session;
  return Boolean(session?.name) && (session?.state === 'Attached' || session?.state === 'Background');
}

/** As far as it gets by itself: Ready, or everything runs and only a port or a pane is not as it should be. */
export function isStarted(workspace: Workspace): boolean {
  const conditions = workspace.status?.conditions;
  return isCurrent(workspace) && (isTrue(conditions, READY) || workspace.status?.phase === 'Degraded');
}

export function isStopped(workspace: Workspace): boolean {
  const ready = getCondition(workspace.status?.conditions, READY);
  return isCurrent(workspace) && ready?.status === 'False' && ready.reason === REASON.stopped;
}

/** Nothing more happens until the user changes something. */
export function refuseStalled(workspace: Workspace): void {
  const stalled = getCondition(workspace.status?.conditions, STALLED);
  if (stalled?.status !== 'True' || !isCurrent(workspace)) return;
  throw new CliError(`workspace "${workspace.metadata.name}" cannot go on (${stalled.reason}): ${stalled.message}`);
}

/** @throws CliError when it will not come to life however long one waits, with the remedy */
export function refuseUnusable(workspace: Workspace): void {
  const { name, deletionTimestamp } = workspace.metadata;
  if (deletionTimestamp) throw new CliError(`workspace "${name}" is being deleted`);
  if (workspace.spec.state === 'Stopped') {
    throw new CliError(`workspace "${name}" is stopped; start it with: dual start ${name}`);
  }
  refuseStalled(workspace);
}

/** What is going on with it, on one line: `lightfast-main: Building: installing node 22.3.0`. */
export function describeProgress(workspace: Workspace): string {
  const { metadata, status } = workspace;
  const cause = firstUnmet(status?.conditions ?? []);
  const message = cause?.message.split('\n', 1)[0];
  return [metadata.name, status?.phase ?? 'Pending', message].filter(Boolean).join(': ');
}

/** Conditions come about in an order; the first that is not there is what the others wait for. */
function firstUnmet(conditions: readonly Condition[]): Condition | undefined {
  return WORKSPACE_CONDITIONS.map((type) => getCondition(conditions, type)).find(
    (condition) => condition !== undefined && condition.status !== 'True',
  );
}
