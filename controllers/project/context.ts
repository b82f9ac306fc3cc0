import type { Project, Workspace } from '../../src/api/types.ts';
import type { Client } from '../../src/client/client.ts';
import type { Informer } from '../../src/client/informer.ts';
import type { EventRecorder } from '../../src/client/recorder.ts';
import type { Clock } from '../../src/clock/clock.ts';
import type { SourceDriver } from '../../src/drivers/source/driver.ts';

/** Everything that the Project controller works with; put together by the daemon. */
export interface ProjectContext {
  api: {
    client: Client;
    workspaces: Informer<Workspace>;
    projects: Informer<Project>;
    recorder: EventRecorder;
  };
  source: SourceDriver;
  /** What `~` stands for. */
  home: string;
  clock: Clock;
  enqueue(name: string): void;
}
