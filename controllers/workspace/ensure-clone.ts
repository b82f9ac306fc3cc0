import { REASON } from '../../src/api/conditions.ts';
import { expandHome } from '../../src/config/paths.ts';
import type { Project, Workspace } from '../../src/api/types.ts';
import { StalledError, WaitingError } from '../../src/errors/reconcile-errors.ts';
import { rethrowFailure } from './failures.ts';
import type { StepInput } from './step-input.ts';

export function cloneJobKey(workspace: Workspace, dir: string): string {
  return `${workspace.metadata.uid} ${dir}`;
}

/** Has the clone made in the background. @throws WaitingError while it is under way, else what became of it */
export function ensureClone({ context, memory, workspace, observation }: StepInput): Promise<void> {
  const { clone, project } = observation;
  const { name, generation } = workspace.metadata;
  const key = cloneJobKey(workspace, clone.dir);
  const dependsOn = `${generation} ${project!.metadata.generation} ${clone.dir} ${clone.state.kind}`;
  rethrowFailure({ memory, kind: 'clone', dependsOn, jobs: context.jobs.clones, key });
  const { depth, submodules } = project!.spec.source;
  const { branch, from } = workspace.spec;
  const request = {
    workspace: name,
    project: project!.metadata.name,
    source: { ...sourceOf(project!, context.host.user.home), depth, submodules },
    branch,
    ...(from !== undefined && { from }),
    dir: clone.dir,
  };
  context.jobs.clones.ensure(
    key,
    name,
    () => context.enqueue(name),
    ({ signal, progress }) => context.drivers.source.ensure(request, { signal, onProgress: progress }),
  );
  const job = context.jobs.clones.state(key);
  const message = (job.phase === 'running' && job.progress) || 'cloning';
  throw new WaitingError(REASON.cloning, message, 60_000);
}

function sourceOf(project: Project, home: string): { url?: string; path?: string } {
  const { url, path } = project.spec.source;
  if (url !== undefined) return { url };
  if (path !== undefined) return { path: expandHome(path, home) };
  throw new StalledError(
    REASON.invalidSource,
    `Project ${project.metadata.name}: spec.source has neither url nor path`,
  );
}
