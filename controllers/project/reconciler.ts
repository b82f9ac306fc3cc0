import { isDeepStrictEqual } from 'node:util';
import { READY, REASON, RECONCILING, STALLED } from '../../src/api/conditions.ts';
import { FINALIZER } from '../../src/api/labels.ts';
import type { Condition } from '../../src/api/meta.ts';
import { PROJECTS } from '../../src/api/scheme.ts';
import type { Project } from '../../src/api/types.ts';
import { timestamp } from '../../src/clock/clock.ts';
import { expandHome } from '../../src/config/paths.ts';
import { getCondition, removeCondition, setCondition } from '../../src/conditions/conditions.ts';
import { StalledError, asError, explain } from '../../src/errors/reconcile-errors.ts';
import type { Reconciler, ReconcileResult } from '../../src/runtime/controller.ts';
import { planWith } from '../../src/runtime/lifecycle.ts';
import { orLater } from '../../src/runtime/or-later.ts';
import type { ProjectContext } from './context.ts';
import { projectMachine } from './machine.ts';
import type { Observation, State, Step } from './machine.ts';
import { steps } from './steps.ts';

/** Says whether a Project can be used and by whom it is, and lets it go only when nobody uses it. */
export class ProjectReconciler implements Reconciler {
  readonly kind = PROJECTS.kind;
  readonly #context: ProjectContext;

  constructor(context: ProjectContext) {
    this.#context = context;
  }

  async reconcile(name: string): Promise<ReconcileResult> {
    const found = this.#context.api.projects.get(name);
    if (!found) return {};
    const project = await this.#withFinalizer(found);
    const observation = await this.#observe(project);
    const plan = planWith<State, Step>(projectMachine, { object: project, observation });
    const error = await this.#perform(project, observation, plan.steps);
    const gone = plan.state === 'terminating' && error === undefined;
    if (!gone) await this.#report(project, observation, { state: plan.state, error });
    if (error !== undefined) throw asError(error);
    return {};
  }

  async #withFinalizer(project: Project): Promise<Project> {
    const { name, finalizers = [], deletionTimestamp, resourceVersion } = project.metadata;
    if (finalizers.includes(FINALIZER) || deletionTimestamp !== undefined) return project;
    return orLater(
      this.#context.api.client.patch<Project>(PROJECTS, name, {
        metadata: { finalizers: [...finalizers, FINALIZER], resourceVersion },
      }),
    );
  }

  async #observe(project: Project): Promise<Observation> {
    const users = this.#context.api.workspaces
      .list()
      .filter((workspace) => workspace.spec.project === project.metadata.name);
    const workspaces = users.map((workspace) => workspace.metadata.name).sort();
    const { path } = project.spec.source;
    if (path === undefined) return { workspaces };
    const { kind } = await this.#context.source.observe(expandHome(path, this.#context.home));
    if (kind === 'clone') return { workspaces };
    const problem = kind === 'missing' ? 'does not exist' : 'is not a git repository';
    return { workspaces, sourceProblem: `spec.source.path: ${path} ${problem}` };
  }

  async #perform(project: Project, observation: Observation, names: Step[]): Promise<unknown> {
    try {
      for (const name of names) await steps[name]({ context: this.#context, project, observation });
      return undefined;
    } catch (error) {
      return error;
    }
  }

  async #report(project: Project, observation: Observation, outcome: { state: State; error: unknown }): Promise<void> {
    const { api, clock } = this.#context;
    const { url, path } = project.spec.source;
    const source = url ?? path;
    const conditions = projectConditions(project, outcome, timestamp(clock));
    const status = {
      observedGeneration: project.metadata.generation,
      ...(source !== undefined && { source }),
      workspaces: observation.workspaces.length,
      conditions,
    };
    if (isDeepStrictEqual(status, project.status)) return;
    await orLater(api.client.updateStatus<Project>(PROJECTS, { ...project, status }));
    const before = getCondition(project.status?.conditions, READY);
    const after = getCondition(conditions, READY)!;
    if (before?.reason === after.reason && before.status === after.status) return;
    api.recorder.event(project, after.status === 'True' ? 'Normal' : 'Warning', after.reason, after.message);
  }
}

function projectConditions(
  project: Project,
  { state, error }: { state: State; error: unknown },
  now: string,
): Condition[] {
  const observedGeneration = project.metadata.generation;
  const bad = error === undefined ? undefined : explain(error);
  const ready = bad
    ? { status: 'False' as const, ...bad }
    : { status: 'True' as const, reason: REASON.reconciled, message: 'the project can be used' };
  let conditions = setCondition(
    project.status?.conditions ?? [],
    { type: READY, ...ready, reason: ready.reason, message: ready.message, observedGeneration },
    now,
  );
  const abnormal = { [STALLED]: error instanceof StalledError, [RECONCILING]: state === 'terminating' };
  for (const [type, holds] of Object.entries(abnormal)) {
    const finding = { type, status: 'True' as const, reason: ready.reason, message: ready.message, observedGeneration };
    conditions = holds ? setCondition(conditions, finding, now) : removeCondition(conditions, type);
  }
  return conditions;
}
