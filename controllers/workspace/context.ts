import type { Project, Workspace } from '../../src/api/types.ts';
import type { Client } from '../../src/client/client.ts';
import type { Informer } from '../../src/client/informer.ts';
import type { EventRecorder } from '../../src/client/recorder.ts';
import type { Clock } from '../../src/clock/clock.ts';
import type { ContainerDriver, User } from '../../src/drivers/container/driver.ts';
import type { SessionDriver } from '../../src/drivers/session/driver.ts';
import type { SourceDriver } from '../../src/drivers/source/driver.ts';
import type { Guests } from '../../src/guest/guests.ts';
import type { ImageBuilder } from '../../src/image/builder.ts';
import type { Log } from '../../src/log/log.ts';
import type { Routes } from '../../src/proxy/routes.ts';
import type { Jobs } from '../../src/runtime/jobs.ts';
import type { Step } from './machine.ts';

/** Everything that the Workspace controller works with; put together by the daemon. */
export interface WorkspaceContext {
  api: {
    client: Client;
    workspaces: Informer<Workspace>;
    projects: Informer<Project>;
    recorder: EventRecorder;
  };
  drivers: {
    container: ContainerDriver;
    session: SessionDriver;
    source: SourceDriver;
  };
  images: ImageBuilder;
  guests: Guests;
  routes: Routes;
  jobs: { clones: Jobs; builds: Jobs };
  host: Host;
  clock: Clock;
  log: Log;
  /** Has that Workspace looked at again. */
  enqueue(name: string): void;
  /** Called around every step, so that a test can end the process at exactly that point. */
  onStep?(workspace: string, step: Step, when: 'before' | 'after'): void;
}

/** What the reconciler has to know of the machine that it runs on. Plain data. */
export interface Host {
  user: User;
  hostname: string;
  /** The root below which clones are made. */
  workspaces: string;
  /** Parent of the directories shared with guests. */
  guests: string;
  /** Appended to names with the engine; empty for the user's own instance. */
  nameSuffix: string;
  /** The user's login shell. */
  shell: string;
  /** What runs a command inside a Workspace from the host: `[...paneRunner, NAME, '--', ...argv]`. */
  paneRunner: string[];
  /** Environment of panes on the host, on top of the login shell's. */
  paneEnv: Record<string, string>;
}
