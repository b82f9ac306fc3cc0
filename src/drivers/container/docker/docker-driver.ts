import { mkdir } from 'node:fs/promises';
import { setTimeout } from 'node:timers/promises';
import type Docker from 'dockerode';
import { REASON } from '../../../api/conditions.ts';
import { LABEL_INSTALL, LABEL_WORKSPACE } from '../../../api/labels.ts';
import { RetryError, StalledError } from '../../../errors/reconcile-errors.ts';
import type { Log } from '../../../log/log.ts';
import type { Container, ContainerDriver, ContainerSpec } from '../driver.ts';
import { containerConfig, STOP_TIMEOUT } from './container-config.ts';
import { engineSocket } from './create-docker.ts';
import { engineAway, engineMessage, explain, statusOf } from './errors.ts';
import { createKeyedLock, untilAborted } from '../../../exec/keyed-lock.ts';
import { HOST_FILES, hostData, hostDataMounts } from './host-data.ts';
import type { HostFiles } from './host-data.ts';
import { hostTimeZone } from './host-time-zone.ts';
import { createMachines } from './machines.ts';
import type { Machine, Machines } from './machines.ts';
import { MountPointError, mountPoints, withMountPoints } from './mount-points.ts';
import { machineMounts } from './mounts.ts';
import { watchMachines } from './watch.ts';

const PROBE_TIMEOUT = 5_000;
/** Milliseconds for what may take the engine long when many machines start at once. */
const CHANGE_TIMEOUT = 120_000;
/** Milliseconds between the end of a machine and its next start. */
const REST_BEFORE_RESTART = 2_000;
/** Milliseconds for which a machine that cannot be started is left to recover with its engine, before it is made anew. */
const PATIENCE_WITH_START = 10_000;

export interface DockerDriverOptions {
  docker: Docker;
  install: string;
  /** Directory on the host with the guest's runtime; made when it is first needed. */
  guestRuntime: () => Promise<string>;
  /** Flags of the guest's Node. */
  guestFlags: string[];
  /** Dual's own. */
  version: string;
  /** Paths on the host that no machine may reach, such as Dual's state. The engine's sockets always are among them. */
  forbidden: string[];
  /** Further paths on the host that are Dual's own: covered where the host's /tmp would bring them in. */
  own: string[];
  /** Where the host keeps its time zone, locales and descriptions of terminals; the system's places when left out. */
  hostFiles?: HostFiles;
  log: Log;
}

const ENGINE_SOCKETS = ['/var/run/docker.sock', '/run/containerd/containerd.sock', '/run/podman/podman.sock'];

interface Context extends DockerDriverOptions {
  machines: Machines;
}

/** Machines as containers of a Docker engine. */
export function createDockerDriver(options: DockerDriverOptions): ContainerDriver {
  const { docker, install, log } = options;
  const context: Context = { ...options, machines: createMachines(docker, install) };
  const lock = createKeyedLock();

  const exclusively = async <T>(uid: string, doing: string, work: () => Promise<T>): Promise<T> => {
    const release = await lock(uid);
    try {
      return await work();
    } catch (error) {
      throw explain(error, doing);
    } finally {
      release();
    }
  };

  return {
    name: 'docker',
    root: 'image',
    probe: () => probe(docker),
    inspect: (uid) => explained('inspecting the container', async () => publicly(await context.machines.byUid(uid))),
    list: () =>
      explained('listing containers', async () => (await context.machines.all()).map((machine) => publicly(machine))),
    ensure: (spec) => exclusively(spec.owner.uid, `starting ${spec.name}`, () => ensure(context, spec)),
    stop: (uid) => exclusively(uid, 'stopping the container', () => stop(context, uid)),
    remove: (uid) => exclusively(uid, 'removing the container', () => remove(context, uid)),
    watch: (onChange, signal) => void watchMachines({ docker, install, log, onChange, signal }),
  };
}

async function explained<T>(doing: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw explain(error, doing);
  }
}

function publicly(machine: Machine): Container;
function publicly(machine: Machine | undefined): Container | undefined;
function publicly(machine: Machine | undefined): Container | undefined {
  if (!machine) return undefined;
  const { paused: _paused, stoppedAt: _stoppedAt, ...container } = machine;
  return container;
}

async function probe(docker: Docker): ReturnType<ContainerDriver['probe']> {
  try {
    const version = await untilAborted(docker.version(), AbortSignal.timeout(PROBE_TIMEOUT));
    return { available: true, message: `Docker ${version.Version}` };
  } catch (error) {
    return { available: false, message: engineAway(error) };
  }
}

async function ensure(context: Context, spec: ContainerSpec): Promise<Container> {
  const found = await context.machines.byUid(spec.owner.uid);
  if (found && found.specHash === spec.specHash) {
    if (found.running) return publicly(found);
    return restart(context, spec, found);
  }
  if (found) await removeMachine(context, found.id);
  return start(context, await create(context, spec), false);
}

/**
 * Starts a machine that has ended. An engine that is going down ends its machines first and still takes orders for a while; what is
 * started or made then is left half-made, and its file system mounted. So: not at once, and anew only when it still cannot be started
 * long after.
 */
async function restart(context: Context, spec: ContainerSpec, found: Machine): Promise<Container> {
  const rest = (found.stoppedAt ?? 0) + REST_BEFORE_RESTART - Date.now();
  if (rest > 0) await setTimeout(Math.min(rest, REST_BEFORE_RESTART));
  try {
    return await start(context, found.id, found.paused);
  } catch (error) {
    const recent = Date.now() - (found.stoppedAt ?? 0) < PATIENCE_WITH_START;
    const passing = recent || (statusOf(error) ?? 0) < 500;
    if (passing && !(error instanceof MountPointError)) throw error;
    context.log.warn({ container: found.name, err: error }, 'a container cannot be started again and is made anew');
    await removeMachine(context, found.id);
    return start(context, await create(context, spec), false);
  }
}

async function start(context: Context, id: string, paused: boolean): Promise<Container> {
  const container = context.docker.getContainer(id);
  const abortSignal = AbortSignal.timeout(CHANGE_TIMEOUT);
  if (paused) await container.unpause();
  else {
    const points = await mountPoints((await container.inspect({ abortSignal })).HostConfig);
    await withMountPoints(points, () => tolerating([304], () => container.start({ abortSignal })));
  }
  const machine = await context.machines.byId(id);
  if (!machine) throw new RetryError(REASON.containerFailed, 'the container was removed while it started');
  return publicly(machine);
}

async function create(context: Context, spec: ContainerSpec): Promise<string> {
  await mkdir(spec.guestDir, { recursive: true, mode: 0o700 });
  const sockets = [engineSocket(context.docker), ...ENGINE_SOCKETS].filter((socket) => socket !== undefined);
  const guestRuntime = await context.guestRuntime();
  const forbidden = [...sockets, ...context.forbidden];
  const own = await machineMounts(spec, { guestRuntime, forbidden, covered: [...forbidden, ...context.own] });
  const { hostFiles = HOST_FILES } = context;
  const data = hostData(hostFiles, spec.user.home);
  const hostMounts = await hostDataMounts(data, own.mounts, engineSocket(context.docker));
  const mounts = { ...own, mounts: [...own.mounts, ...hostMounts] };
  const config = containerConfig(spec, { ...context, mounts, timeZone: await hostTimeZone(hostFiles.etc) });
  try {
    const container = await context.docker.createContainer({
      ...config,
      abortSignal: AbortSignal.timeout(CHANGE_TIMEOUT),
    });
    return container.id;
  } catch (error) {
    if (statusOf(error) === 409) throw await nameTaken(context, spec, error);
    throw error;
  }
}

async function nameTaken(context: Context, spec: ContainerSpec, cause: unknown): Promise<Error> {
  const { name } = spec;
  const holder = await tolerating([404], () => context.docker.getContainer(name).inspect());
  const mine = holder?.Config.Labels[LABEL_INSTALL] === context.install;
  if (!holder) return new RetryError(REASON.containerFailed, `${name}: ${engineMessage(cause)}`, { cause });
  const whose = mine
    ? `workspace ${holder.Config.Labels[LABEL_WORKSPACE] ?? '?'} of an earlier life`
    : `something else (image ${holder.Config.Image})`;
  const message =
    `a container named ${name} is there already (${holder.Id.slice(0, 12)}) and belongs to ${whose}: ` +
    `remove it (\`docker rm -f ${name}\`) or rename it (\`docker rename ${name} NEW\`)`;
  return new StalledError(REASON.nameTaken, message, { cause });
}

async function stop(context: Context, uid: string): Promise<void> {
  const machine = await context.machines.byUid(uid);
  if (machine && (machine.running || machine.paused)) await stopMachine(context, machine.id);
}

async function remove(context: Context, uid: string): Promise<void> {
  const machine = await context.machines.byUid(uid);
  if (machine) await removeMachine(context, machine.id);
}

/** Lets what runs inside end in an orderly way, first. */
async function stopMachine(context: Context, id: string): Promise<void> {
  const abortSignal = AbortSignal.timeout(CHANGE_TIMEOUT);
  await tolerating([304, 404], () => context.docker.getContainer(id).stop({ t: STOP_TIMEOUT, abortSignal }));
}

async function removeMachine(context: Context, id: string): Promise<void> {
  await stopMachine(context, id);
  const container = context.docker.getContainer(id);
  const abortSignal = AbortSignal.timeout(CHANGE_TIMEOUT);
  try {
    await container.remove({ force: true, v: true, abortSignal });
  } catch (error) {
    if (statusOf(error) === 404) return;
    if (statusOf(error) !== 409) throw error;
    // Somebody else's removal is under way.
    await tolerating([404], () => container.wait({ condition: 'removed', abortSignal }));
  }
}

/** Answers of those statuses are as good as success. */
async function tolerating<T>(statuses: number[], call: () => Promise<T>): Promise<T | undefined> {
  try {
    return await call();
  } catch (error) {
    if (statuses.includes(statusOf(error) ?? 0)) return undefined;
    throw error;
  }
}
