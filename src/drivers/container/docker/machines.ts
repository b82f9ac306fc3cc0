import path from 'node:path';
import type Docker from 'dockerode';
import type { ContainerInspectInfo } from 'dockerode';
import { LABEL_INSTALL, LABEL_PROJECT, LABEL_UID, LABEL_WORKSPACE } from '../../../api/labels.ts';
import type { Container } from '../driver.ts';
import { LABEL_SPEC_HASH, SOCKET_NAME } from './container-config.ts';
import { statusOf } from './errors.ts';
import { SHARED_DIR } from './mounts.ts';

/** Milliseconds for what should take the engine a few. */
const READ_TIMEOUT = 30_000;

/** The engine's state of a machine, as far as the driver needs it. */
export interface Machine extends Container {
  paused: boolean;
  /** Milliseconds since the epoch; undefined while it runs and before it ever did. */
  stoppedAt?: number;
}

/** Finds machines by their labels alone. Reads only. */
export interface Machines {
  byUid(uid: string): Promise<Machine | undefined>;
  byId(id: string): Promise<Machine | undefined>;
  all(): Promise<Machine[]>;
}

export function createMachines(docker: Docker, install: string): Machines {
  // Saves the search on every later look; an id is never used again, and its labels never change.
  const ids = new Map<string, string>();

  const byId = async (id: string): Promise<Machine | undefined> => {
    try {
      const info = await docker.getContainer(id).inspect({ abortSignal: AbortSignal.timeout(READ_TIMEOUT) });
      return info.Config.Labels[LABEL_INSTALL] === install ? machineOf(info) : undefined;
    } catch (error) {
      if (statusOf(error) === 404) return undefined;
      throw error;
    }
  };

  const search = async (labels: string[]): Promise<string[]> => {
    const found = await docker.listContainers({
      all: true,
      filters: { label: [`${LABEL_INSTALL}=${install}`, ...labels] },
      abortSignal: AbortSignal.timeout(READ_TIMEOUT),
    });
    return found.map((info) => info.Id);
  };

  const inspectAll = async (found: string[]): Promise<Machine[]> =>
    (await Promise.all(found.map(byId))).filter((machine) => machine !== undefined);

  return {
    byId,
    async byUid(uid) {
      const known = ids.get(uid);
      const machine = known === undefined ? undefined : await byId(known);
      if (machine) return machine;
      const [found] = await inspectAll(await search([`${LABEL_UID}=${uid}`]));
      if (found) ids.set(uid, found.id);
      else ids.delete(uid);
      return found;
    },
    all: async () => inspectAll(await search([LABEL_UID])),
  };
}

function machineOf(info: ContainerInspectInfo): Machine {
  const { State: state, Config: config } = info;
  const label = (name: string): string => config.Labels[name] ?? '';
  const running = state.Running && !state.Paused;
  const shared = info.Mounts.find((mount) => mount.Destination === SHARED_DIR);
  const error = running ? '' : troubleOf(state);
  return {
    owner: { uid: label(LABEL_UID), workspace: label(LABEL_WORKSPACE), project: label(LABEL_PROJECT) },
    id: info.Id,
    name: info.Name.replace(/^\//, ''),
    running,
    paused: state.Paused,
    ...(wasStarted(state) && { startedAt: state.StartedAt.replace(/(\.\d{3})\d*Z$/, '$1Z') }),
    ...(!state.Running && wasStarted(state) && { exitCode: state.ExitCode, stoppedAt: Date.parse(state.FinishedAt) }),
    ...(error && { error }),
    specHash: label(LABEL_SPEC_HASH),
    notices: [],
    guest: { socket: path.join(shared?.Source ?? '', SOCKET_NAME) },
  };
}

/** The engine gives the year 1 for a container that was created and never started. */
function wasStarted(state: ContainerInspectInfo['State']): boolean {
  return !state.StartedAt.startsWith('0001-');
}

function troubleOf(state: ContainerInspectInfo['State']): string {
  if (state.Error) return state.Error;
  if (state.OOMKilled) return 'it used more memory than spec.container.resources.memory allows';
  if (state.Paused) return 'it was paused';
  return '';
}
