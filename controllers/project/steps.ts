import { REASON } from '../../src/api/conditions.ts';
import { FINALIZER } from '../../src/api/labels.ts';
import { PROJECTS } from '../../src/api/scheme.ts';
import type { Project } from '../../src/api/types.ts';
import { StalledError, WaitingError } from '../../src/errors/reconcile-errors.ts';
import type { ProjectContext } from './context.ts';
import type { Observation, Step } from './machine.ts';

export interface StepInput {
  context: ProjectContext;
  project: Project;
  observation: Observation;
}

/** The steps that the machine names. */
export const steps: Record<Step, (input: StepInput) => Promise<void>> = { checkSource, awaitWorkspaces, dropFinalizer };

/** @throws StalledError with what is wrong with the source */
function checkSource({ observation }: StepInput): Promise<void> {
  return Promise.reject(
    new StalledError(REASON.invalidSource, observation.sourceProblem ?? 'spec.source cannot be used'),
  );
}

/** @throws WaitingError until the last of its Workspaces is gone */
function awaitWorkspaces({ observation }: StepInput): Promise<void> {
  const { workspaces } = observation;
  if (workspaces.length === 0) return Promise.resolve();
  const message = `still used by ${workspaces.length === 1 ? 'Workspace' : 'Workspaces'} ${workspaces.join(', ')}; delete them first`;
  return Promise.reject(new WaitingError(REASON.projectInUse, message, 60_000));
}

async function dropFinalizer({ context, project }: StepInput): Promise<void> {
  const { name, finalizers = [], resourceVersion } = project.metadata;
  const remaining = finalizers.filter((finalizer) => finalizer !== FINALIZER);
  await context.api.client.patch(PROJECTS, name, { metadata: { finalizers: remaining, resourceVersion } });
}
