import type { Project } from '../../src/api/types.ts';
import type { Container, ContainerSpec, Root } from '../../src/drivers/container/driver.ts';
import type { PaneSpec, Session } from '../../src/drivers/session/driver.ts';
import type { CloneObservation } from '../../src/drivers/source/driver.ts';
import type { GuestObservation } from '../../src/guest/guests.ts';
import type { ImagePlan } from '../../src/image/builder.ts';
import type { Route, RouteResults } from '../../src/proxy/routes.ts';
import type { JobState } from '../../src/runtime/jobs.ts';
import type { ShimsSpec } from '../../src/shims/shims.ts';
import type { PaneAction } from './panes.ts';
import type { ClassifiedPort } from './ports.ts';

/**
 * What one look at the world found, in the order in which things come about: a part is undefined when an earlier one is not
 * there yet, since it cannot be told then (or need not be).
 */
export interface Observation {
  project?: Project;
  /** The loopback address of its own. */
  address?: string;
  clone: { dir: string; state: CloneObservation; job: JobState };
  choice?: DriverChoice;
  image?: ImageObservation;
  container?: ContainerObservation;
  shims?: ShimsObservation;
  session?: SessionObservation;
  routes?: RouteObservation;
  /** What came of telling the proxy of a workspace without a machine, once that was done. */
  announced?: RouteResults;
}

/** Which driver runs the machine. */
export interface DriverChoice {
  name: string;
  root: Root;
  /** For people, as in `auto, since docker did not answer when it was chosen`. */
  why: string;
  /** The one on record; where that is another one, it may still hold a machine. */
  former?: string;
}

export interface ImageObservation {
  plan: ImagePlan;
  /** Not asked when the machine is up to date, since then nobody needs it. */
  built: boolean;
  job: JobState;
}

export interface ContainerObservation {
  /** What it should be. */
  spec: ContainerSpec;
  actual?: Container;
  guest: GuestObservation;
  /** Whether its directory for temporary files is there, where it is to have one. */
  tmpDirReady: boolean;
}

export interface ShimsObservation {
  /** What they should be. */
  spec: ShimsSpec;
  upToDate: boolean;
}

export interface SessionObservation {
  name: string;
  backend: string;
  /** Other backends that hold a session of it, as after a change of the Project's. */
  strays: string[];
  specHash: string;
  actual?: Session;
  /** What it should hold. */
  panes: PaneSpec[];
  /** What has to be done to its panes, some of it later. */
  actions: PaneAction[];
  crashLooping: string[];
}

export interface RouteObservation {
  ports: ClassifiedPort[];
  /** What should be published. */
  route: Route;
  /** Undefined: what is published is not this. */
  results?: RouteResults;
}

/** The world could not be looked at beyond some point; what was found before it is in `observation`. */
export class ObservationError extends Error {
  override readonly name = 'ObservationError';
  readonly part: 'clone' | 'image' | 'container' | 'session';
  readonly observation: Observation;
  constructor(part: ObservationError['part'], observation: Observation, cause: unknown) {
    super(`cannot observe the ${part}`, { cause });
    this.part = part;
    this.observation = observation;
  }
}
