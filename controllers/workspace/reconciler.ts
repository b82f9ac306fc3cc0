import { isDeepStrictEqual } from 'node:util';
import { REASON } from '../../src/api/conditions.ts';
import { ANNOTATION_REQUESTED, FINALIZER } from '../../src/api/labels.ts';
import { WORKSPACES } from '../../src/api/scheme.ts';
import type { Workspace } from '../../src/api/types.ts';
import { timestamp } from '../../src/clock/clock.ts';
import { RetryError, StalledError, asError } from '../../src/errors/reconcile-errors.ts';
import type { Reconciler, ReconcileResult } from '../../src/runtime/controller.ts';
import { planWith } from '../../src/runtime/lifecycle.ts';
import { orLater } from '../../src/runtime/or-later.ts';
import type { WorkspaceContext } from './context.ts';
import { describeToProxy } from './description.ts';
import { transitions } from './events.ts';
import { workspaceMachine } from './machine.ts';
import type { State, Step } from './machine.ts';
import { Memory } from './memory.ts';
import type { Entry } from './memory.ts';
import { ObservationError } from './observation.ts';
import type { Observation } from './observation.ts';
import { observe } from './observe.ts';
import { workspaceStatus } from './status.ts';
import type { Outcome } from './outcome.ts';
import { steps } from './steps.ts';

const AT_REST: readonly State[] = ['ready', 'degraded', 'stopped', 'lazy', 'terminating'];
/** More turns than there are states to pass: something undoes what a step has done. */
const MAX_TURNS = 12;
const STATE_OF_PART = { clone: 'cloning', image: 'building', container: 'starting', session: 'session' } as const;

/** Takes a Workspace from what it is to what it should be: observe, plan, act, report. */
export class WorkspaceReconciler implements Reconciler {
  readonly kind = WORKSPACES.kind;
  readonly memory = new Memory();
  readonly #context: WorkspaceContext;

  constructor(context: WorkspaceContext) {
    this.#context = context;
  }

  async reconcile(name: string): Promise<ReconcileResult> {
    const found = this.#context.api.workspaces.get(name);
    if (!found) {
      this.#forget(name);
      return {};
    }
    const pass = await this.#drive(await this.#prepare(found));
    if (!pass.gone) await this.#report(pass.workspace, pass);
    if (pass.error !== undefined) throw asError(pass.error);
    return nextLook(pass.observation);
  }

  /** The finalizer comes before the first side effect; a request for a Lazy workspace is forgotten once it no longer is one. */
  async #prepare(workspace: Workspace): Promise<Workspace> {
    const { name, finalizers = [], annotations, deletionTimestamp, resourceVersion } = workspace.metadata;
    const metadata: Record<string, unknown> = {};
    if (!finalizers.includes(FINALIZER) && deletionTimestamp === undefined)
      metadata['finalizers'] = [...finalizers, FINALIZER];
    if (annotations?.[ANNOTATION_REQUESTED] && workspace.spec.state !== 'Lazy')
      metadata['annotations'] = { [ANNOTATION_REQUESTED]: null };
    if (Object.keys(metadata).length === 0) return workspace;
    return orLater(
      this.#context.api.client.patch<Workspace>(WORKSPACES, name, { metadata: { ...metadata, resourceVersion } }),
    );
  }

  async #drive(workspace: Workspace): Promise<Pass> {
    const memory = this.#memoryOf(workspace);
    let pass: Pass = { workspace, state: 'pending', observation: { clone: UNSEEN }, gone: false };
    try {
      for (let turn = 0; turn < MAX_TURNS; turn += 1) {
        const previous = turn > 0 ? pass.observation : undefined;
        const observation: Observation = await observe({
          context: this.#context,
          memory,
          addresses: this.memory.addresses,
          workspace,
          previous,
        });
        const plan = planWith<State, Step>(workspaceMachine, { object: workspace, observation });
        pass = { ...pass, state: plan.state, observation };
        // Going takes a while, so it is said first.
        if (plan.state === 'terminating') pass.workspace = await this.#report(workspace, pass);
        await this.#perform(pass, plan.steps);
        if (plan.state === 'pending') throw orphaned(workspace);
        if (AT_REST.includes(plan.state)) return { ...pass, gone: plan.state === 'terminating' };
      }
      throw new RetryError(REASON.retrying, `still ${pass.state} after ${MAX_TURNS} turns`);
    } catch (error) {
      return failed(pass, error);
    }
  }

  async #perform({ workspace, state, observation }: Pass, names: Step[]): Promise<void> {
    const context = this.#context;
    const memory = this.#memoryOf(workspace);
    for (const name of names) {
      context.onStep?.(workspace.metadata.name, name, 'before');
      await steps[name]({ context, memory, workspace, state, observation });
      context.onStep?.(workspace.metadata.name, name, 'after');
    }
  }

  /** The one status write, left out when nothing changed, and the events of what did. Pages hear of it first: they are what is waited for. */
  async #report(workspace: Workspace, outcome: Outcome): Promise<Workspace> {
    const { api, clock } = this.#context;
    const found = workspaceStatus(workspace, outcome, timestamp(clock));
    const status = JSON.parse(JSON.stringify(found)) as Workspace['status'];
    // What is on its way out has no page, and no name to have one by.
    if (outcome.state !== 'terminating') await describeToProxy(this.#context, workspace.metadata.name, status!);
    if (isDeepStrictEqual(status, workspace.status)) return workspace;
    const updated = await orLater(api.client.updateStatus<Workspace>(WORKSPACES, { ...workspace, status: status! }));
    for (const { type, reason, message } of transitions(workspace.status?.conditions ?? [], status?.conditions ?? [])) {
      api.recorder.event(workspace, type, reason, message);
    }
    return updated;
  }

  #memoryOf(workspace: Workspace): Entry {
    return this.memory.of(workspace.metadata.name, workspace.metadata.uid);
  }

  #forget(name: string): void {
    const entry = this.memory.get(name);
    if (entry) this.#context.guests.forget(entry.uid);
    this.memory.forget(name);
  }
}

/** One reconcile, as far as it has come. */
interface Pass extends Outcome {
  /** As it was written last. */
  workspace: Workspace;
  /** The object no longer exists. */
  gone: boolean;
}

const UNSEEN: Observation['clone'] = { dir: '', state: { kind: 'missing' }, job: { phase: 'none' } };

/** An observation that broke off says itself how far it came. */
function failed(pass: Pass, error: unknown): Pass {
  if (!(error instanceof ObservationError)) return { ...pass, error };
  return { ...pass, state: STATE_OF_PART[error.part], observation: error.observation, error: error.cause };
}

function orphaned(workspace: Workspace): StalledError {
  const { project } = workspace.spec;
  return new StalledError(
    REASON.projectNotFound,
    `Project ${project} does not exist; apply it, or correct spec.project`,
  );
}

/** A pane that waits for its restart wants to be looked at again at that moment. */
function nextLook({ session }: Observation): ReconcileResult {
  const due = (session?.actions ?? []).map(({ dueIn }) => dueIn).filter((dueIn) => dueIn > 0);
  return due.length > 0 ? { requeueAfter: Math.min(...due) } : {};
}
