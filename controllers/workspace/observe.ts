import path from 'node:path';
import type { Project, Workspace } from '../../src/api/types.ts';
import { cloneDirs, expandHome, guestDir } from '../../src/config/paths.ts';
import type { ContainerSpec } from '../../src/drivers/container/driver.ts';
import { containerSpecHash } from '../../src/drivers/container/spec-hash.ts';
import type { Clone, CloneObservation } from '../../src/drivers/source/driver.ts';
import type { WorkspaceContext } from './context.ts';
import { cloneJobKey } from './ensure-clone.ts';
import { imageJobKey } from './ensure-image.ts';
import { routeKey } from './ensure-route.ts';
import type { Entry } from './memory.ts';
import { ObservationError } from './observation.ts';
import type { ContainerObservation, ImageObservation, Observation, SessionObservation } from './observation.ts';
import { crashLooping, paneActions, paneSpec } from './panes.ts';
import { classifyPorts } from './ports.ts';
import { cloneReady, containerReady, containerUpToDate, wantsMachine } from './predicates.ts';

interface Look {
  context: WorkspaceContext;
  memory: Entry;
  workspace: Workspace;
  /** Found earlier in the same reconcile: a finished clone is not looked at twice. */
  previous?: Observation | undefined;
}

/**
 * Looks at everything that a Workspace is made of, as far as it exists and is wanted: what is to go or to rest needs no look at its
 * image, so that one that cannot be made keeps nobody from letting go. Changes nothing. @throws ObservationError
 */
export async function observe(look: Look): Promise<Observation> {
  const { context, workspace } = look;
  const project = context.api.projects.get(workspace.spec.project);
  const observation: Observation = { ...(project && { project }), clone: await observeClone(look) };
  if (!project || !wantsMachine(workspace) || !cloneReady(workspace, observation)) return observation;
  const clone = observation.clone.state as Clone;
  observation.image = await part('image', observation, () => observeImage(look, project, observation.clone.dir));
  observation.container = await part('container', observation, () =>
    observeContainer(look, { project, observation, clone }),
  );
  if (!containerUpToDate(observation)) {
    const { image } = observation;
    image.built = await part('image', observation, () => context.images.exists(image.plan));
  }
  if (!containerReady(observation)) return observation;
  observation.session = await part('session', observation, () => observeSession(look, { project, observation, clone }));
  const ports = classifyPorts(observation.container.guest.ports, project.spec.ports);
  const { published } = look.memory;
  const current = published?.key === routeKey(observation.container.actual!, ports);
  observation.routes = { ports, ...(current && { results: published!.results }) };
  return observation;
}

async function part<T>(name: ObservationError['part'], observation: Observation, look: () => Promise<T>): Promise<T> {
  try {
    return await look();
  } catch (error) {
    throw new ObservationError(name, observation, error);
  }
}

/** Asking git takes processes; a clone that is still the same directory is asked again only when its last answer has aged. */
const CLONE_ANSWER_MS = 20_000;

async function observeClone({ context, workspace, memory, previous }: Look): Promise<Observation['clone']> {
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

async function observeImage(
  { context, previous }: Look,
  project: Project,
  worktree: string,
): Promise<ImageObservation> {
  const { base, packages, setup } = project.spec.image;
  const plan =
    previous?.image?.plan ??
    (await context.images.plan({ project: project.metadata.name, worktree, base, packages, setup }));
  return { plan, built: false, job: context.jobs.builds.state(imageJobKey(plan)) };
}

interface Found {
  project: Project;
  observation: Observation;
  clone: Clone;
}

async function observeContainer(look: Look, found: Found): Promise<ContainerObservation> {
  const { context, workspace } = look;
  const { uid } = workspace.metadata;
  const spec = containerSpec(look, found);
  const actual = await context.drivers.container.inspect(uid);
  if (actual?.running) context.guests.follow(uid, { endpoint: actual.guest, target: machineOf(actual) });
  else context.guests.forget(uid);
  const guest = context.guests.observe(uid);
  if (guest.answering || !actual?.running) delete look.memory.silentSince;
  else look.memory.silentSince ??= context.clock.now();
  return { spec, ...(actual && { actual }), guest };
}

/** Tells one run of a machine from the next: what was started in the earlier one is gone. */
function machineOf(container: { id: string; startedAt?: string }): string {
  return `${container.id.slice(0, 12)}@${container.startedAt ?? ''}`;
}

/** What the machine of a Workspace has to be. Pure. */
function containerSpec({ context, workspace }: Look, { project, observation, clone }: Found): ContainerSpec {
  const { host } = context;
  const { name, uid } = workspace.metadata;
  const { resources, mounts } = project.spec.container;
  const spec = {
    owner: { uid, workspace: name, project: project.metadata.name },
    name: `dual-${name}${host.nameSuffix}`,
    hostname: host.hostname,
    image: observation.image!.plan.ref,
    worktree: observation.clone.dir,
    worktreeIdentity: clone.identity,
    mounts: mounts.map((mount) => ({
      path: path.resolve(expandHome(mount.path, host.user.home)),
      readOnly: mount.readOnly,
    })),
    env: Object.fromEntries(project.spec.env.map((entry) => [entry.name, entry.value ?? ''])),
    resources,
    user: host.user,
    guestDir: guestDir({ guests: host.guests }, uid),
  };
  return { ...spec, specHash: containerSpecHash(spec) };
}

async function observeSession(look: Look, { project, observation, clone }: Found): Promise<SessionObservation> {
  const { context, workspace, memory } = look;
  const { name } = workspace.metadata;
  const actual = await context.drivers.session.getSession(name);
  const pane = { workspace: name, target: machineOf(observation.container!.actual!), host: context.host };
  const panes = project.spec.session.panes.map((entry) => ({ pane: entry, spec: paneSpec(entry, pane) }));
  const crashes = (paneName: string): number => memory.crashes.get(paneName)?.count ?? 0;
  const actions = actual ? paneActions(panes, actual, { now: context.clock.now(), crashes }) : [];
  return {
    name,
    specHash: clone.identity,
    panes: panes.map(({ spec }) => spec),
    ...(actual && { actual }),
    actions,
    crashLooping: crashLooping(actions, crashes),
  };
}
