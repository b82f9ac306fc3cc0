import { REASON } from '../../src/api/conditions.ts';
import { FINALIZER } from '../../src/api/labels.ts';
import type { Workspace } from '../../src/api/types.ts';
import { WORKSPACES } from '../../src/api/scheme.ts';
import { guestDir, workspaceTmpDir } from '../../src/config/paths.ts';
import { destroySessions } from './choose-backend.ts';
import { possibleDrivers } from './choose-driver.ts';
import { cloneJobKey } from './ensure-clone.ts';
import { cloneReady } from './predicates.ts';
import { removeDir } from './remove-dir.ts';
import type { StepInput } from './step-input.ts';
import { removeTmpDir } from './tmp-dir.ts';

/** Stops what is being made for it, and waits for that. A build that others wait for goes on. */
export async function endJobs({ context, memory, workspace, observation }: StepInput): Promise<void> {
  const { name } = workspace.metadata;
  await context.jobs.clones.leave(cloneJobKey(workspace, observation.clone.dir), name);
  if (memory.awaitedImage !== undefined) await context.jobs.builds.leave(memory.awaitedImage, name);
  delete memory.awaitedImage;
}

/** Ends every process of the session; comes before the clone is touched. */
export async function removeSession({ context, workspace }: StepInput): Promise<void> {
  await destroySessions(context, workspace);
}

export async function stopContainer({ context, workspace }: StepInput): Promise<void> {
  context.guests.forget(workspace.metadata.uid);
  for (const driver of await possibleDrivers(context, workspace)) await driver.stop(workspace.metadata.uid);
}

export async function removeContainer({ context, workspace }: StepInput): Promise<void> {
  const { uid } = workspace.metadata;
  context.guests.forget(uid);
  for (const driver of await possibleDrivers(context, workspace)) await driver.remove(uid);
  await context.shims.remove(uid);
  await removeDir(guestDir({ guests: context.host.guests }, uid));
  await removeTmpDir(workspaceTmpDir(uid), { uid: context.host.user.uid, log: context.log });
}

/** Keeps the clone or deletes it, as the policy says, and tells which; work that exists nowhere else is always kept. */
export async function releaseClone(input: StepInput): Promise<void> {
  const { context, workspace, observation } = input;
  const { dir } = observation.clone;
  if (!cloneReady(workspace, observation)) return;
  if (workspace.spec.deletionPolicy === 'Retain') {
    const { summary } = await context.drivers.source.unsaved(dir);
    const work = summary === '' ? '' : `, with ${summary}`;
    return told(context, workspace, REASON.kept, `the clone is kept at ${dir}${work}`);
  }
  const outcome = await context.drivers.source.remove(dir, context.host.workspaces);
  if (outcome.removed)
    return told(context, workspace, REASON.removed, `the clone at ${dir} is deleted; nothing in it was unsaved`);
  return told(context, workspace, REASON.kept, `the clone is kept at ${dir}, since it holds ${outcome.work.summary}`);
}

/** The last step: after it the object is gone. */
export async function dropFinalizer({ context, memory, workspace }: StepInput): Promise<void> {
  const { name, finalizers = [], resourceVersion } = workspace.metadata;
  memory.failures.clear();
  const remaining = finalizers.filter((finalizer) => finalizer !== FINALIZER);
  await context.api.client.patch(WORKSPACES, name, { metadata: { finalizers: remaining, resourceVersion } });
}

function told(context: StepInput['context'], workspace: Workspace, reason: string, message: string): void {
  context.api.recorder.event(workspace, reason === REASON.kept ? 'Warning' : 'Normal', reason, message);
}
