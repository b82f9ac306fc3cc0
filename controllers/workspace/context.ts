import type { Project, Workspace } from '../../src/api/types.ts';
import type { Client } from '../../src/client/client.ts';
import type { Informer } from '../../src/client/informer.ts';
import type { EventRecorder } from '../../src/client/recorder.ts';
import type { Clock } from '../../src/clock/clock.ts';
import type { ContainerDriver, Root } from '../../src/drivers/container/driver.ts';
import type { SessionDriver } from '../../src/drivers/session/driver.ts';
import type { SourceDriver } from '../../src/drivers/source/driver.ts';
import type { Guests } from '../../src/guest/guests.ts';
import type { ImageBuilder } from '../../src/image/builder.ts';
import type { Log } from '../../src/log/log.ts';
import type { Routes } from '../../src/proxy/routes.ts';
import type { Jobs } from '../../src/runtime/jobs.ts';
import type { Shims } from '../../src/shims/shims.ts';
import type { Host } from './host.ts';
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
    /** In the order in which `auto` takes them. */
    containers: readonly ContainerDriver[];
    /** In the order in which `auto` takes them. */
    sessions: readonly SessionDriver[];
    source: SourceDriver;
  };
  /** By what the machine's file system is. */
  images: Record<Root, ImageBuilder>;
  guests: Guests;
  shims: Shims;
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
