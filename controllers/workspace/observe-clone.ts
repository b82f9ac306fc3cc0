import type { Workspace } from '../../src/api/types.ts';
import { cloneDirs } from '../../src/config/paths.ts';
import type { CloneObservation } from '../../src/drivers/source/driver.ts';
import type { WorkspaceContext } from './context.ts';
import { cloneJobKey } from './ensure-clone.ts';
import type { Look } from './look.ts';
import type { Entry } from './memory.ts';
import type { Observation } from './observation.ts';
import { cloneReady } from './predicates.ts';

/** Asking git takes processes; a clone that is still the same directory is asked again only when its last answer has aged. */
const CLONE_ANSWER_MS = 20_000;

export async function observeClone({ context, workspace, memory, previous }: Look): Promise<Observation['clone']> {
  if (previous && cloneReady(workspace, previous)) return previous.clone;
  const { dir, state } = (await rememberedClone(context, memory)) ?? (await findClone(context, workspace));
  const clone = { dir, state, job: context.jobs.clones.state(cloneJobKey(workspace, dir)) };
  if (state.kind !== 'clone' || !cloneReady(workspace, { clone })) delete memory.clone;
  else if (memory.clone?.state !== state) memory.clone = { dir, state, at: context.clock.now() };
  return clone;
}

async function rememberedClone({ drivers, clock }: WorkspaceContext, { clone }: Entry): Promise<Entry['clone']> {
  if (!clone || clock.now() - clone.at > CLONE_ANSWER_MS) return undefined;
  return (await drivers.source.identify(clone.dir)) === clone.state.identity ? clone : undefined;
}

/** The directory that is ours already, else the first that may become ours. */
async function findClone(
  context: WorkspaceContext,
  workspace: Workspace,
): Promise<Pick<Observation['clone'], 'dir' | 'state'>> {
  const { name } = workspace.metadata;
  const { source } = context.drivers;
  const [preferred, qualified] = cloneDirs(context.host.workspaces, { ...workspace.spec, name });
  const first = { dir: preferred, state: await source.observe(preferred) };
  const owner = ownerOf(first.state);
  if (owner === name || (owner === undefined && workspace.status?.clone?.path !== qualified)) return first;
  const second = { dir: qualified, state: await source.observe(qualified) };
  return owner !== undefined || ownerOf(second.state) === name ? second : first;
}

function ownerOf(state: CloneObservation): string | undefined {
  return state.kind === 'clone' ? state.owner : undefined;
}
