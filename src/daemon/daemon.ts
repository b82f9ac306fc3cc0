import os from 'node:os';
import path from 'node:path';
import { projectController } from '../../controllers/project/index.ts';
import { workspaceController } from '../../controllers/workspace/index.ts';
import { PROJECTS, WORKSPACES } from '../api/scheme.ts';
import type { Project, Workspace } from '../api/types.ts';
import { startApiServer } from '../apiserver/start.ts';
import { createClient } from '../client/http-client.ts';
import { createInformer } from '../client/list-watch.ts';
import { createRecorder } from '../client/event-recorder.ts';
import { systemClock } from '../clock/clock.ts';
import { loadConfig } from '../config/config.ts';
import { packageVersion } from '../config/package-root.ts';
import type { Paths } from '../config/paths.ts';
import type { Log } from '../log/log.ts';
import { startManifestWatcher } from '../manifests/watcher.ts';
import { Controller } from '../runtime/controller.ts';
import { Jobs } from '../runtime/jobs.ts';
import { openStore } from '../store/store.ts';
import { watchClones } from './clone-watch.ts';
import { crashAt } from './crash.ts';
import { createDrivers } from './drivers.ts';
import { describeHost } from './host.ts';
import { createDaemonMetrics } from './metrics.ts';
import { paneLog } from './pane-log.ts';
import { createShutdown } from './shutdown.ts';

type Environment = Record<string, string | undefined>;

export interface Daemon {
  /** Ends everything in order; machines, sessions and the proxy go on. */
  close(): Promise<void>;
}

/** Milliseconds after which a Workspace is looked at again although nothing was heard of it. */
const RESYNC_MS = 120_000;
const CLONES_AT_A_TIME = 8;

/** Puts the daemon together: the only place that knows implementations and controllers. */
export async function startDaemon(paths: Paths, options: { env: Environment; log: Log }): Promise<Daemon> {
  const { env, log } = options;
  const clock = systemClock;
  const version = packageVersion();
  const config = loadConfig(paths);
  const shutdown = createShutdown(log);

  const store = openStore(paths.database, { clock, log: log.child({ part: 'store' }) });
  shutdown.then('store', () => store.close());
  const parts = await createDrivers({ paths, config, env, log, clock, version, installId: store.installId }, shutdown);
  const { drivers, images, guests, shims, routes } = parts;

  const controllers: Controller[] = [];
  const server = await startApiServer({
    store,
    socketPath: paths.apiSocket,
    log: log.child({ part: 'api' }),
    clock,
    version,
    subresources: { 'workspaces/log': paneLog(drivers.sessions) },
    metrics: createDaemonMetrics({ controllers, proxySocket: paths.proxySocket, log }),
  });
  shutdown.then('API server', () => server.close());
  const client = createClient(paths.apiSocket);
  shutdown.then('client', () => client.close());
  const recorder = createRecorder(client, { component: 'dual', clock, log });
  shutdown.then('events', () => recorder.flush());

  const stopping = new AbortController();
  const informing = { log, clock };
  const api = {
    client,
    recorder,
    workspaces: createInformer<Workspace>(client, WORKSPACES, informing),
    projects: createInformer<Project>(client, PROJECTS, informing),
  };
  // While the first clone is being made. Should it fail, the machine that needs it says so.
  let isFetched = false;
  api.workspaces.onChange(() => {
    if (isFetched) return;
    isFetched = true;
    parts.guestRuntime().catch((error: unknown) => log.warn({ err: error }, 'not fetched ahead'));
  });
  const jobs = { clones: new Jobs(CLONES_AT_A_TIME), builds: new Jobs(config.builds.max) };
  shutdown.then('jobs', async () => {
    await Promise.all([jobs.clones.close(), jobs.builds.close()]);
  });

  const onStep = crashAt(env['DUAL_CRASH_AT']);
  const workspaces = workspaceController({
    api,
    drivers,
    images,
    guests,
    shims,
    routes,
    jobs,
    host: describeHost(paths, config, { installId: store.installId, env }),
    clock,
    log: log.child({ part: 'workspaces' }),
    enqueue: (name) => workspaceQueue.enqueue(name),
    ...(onStep && { onStep }),
  });
  const projects = projectController({
    api,
    source: drivers.source,
    home: os.homedir(),
    clock,
    enqueue: (name) => projectQueue.enqueue(name),
  });
  const workspaceQueue = new Controller(workspaces.reconciler, { workers: 16, resync: RESYNC_MS, clock, log });
  const projectQueue = new Controller(projects.reconciler, { workers: 2, resync: RESYNC_MS, clock, log });
  controllers.push(workspaceQueue, projectQueue);
  shutdown.then('controllers', async () => {
    stopping.abort();
    await Promise.all([workspaceQueue.stop(), projectQueue.stop()]);
  });

  workspaces.watch(stopping.signal);
  projects.watch();
  await Promise.all([api.projects.start(stopping.signal), api.workspaces.start(stopping.signal)]);
  await workspaces.removeOrphans();
  workspaceQueue.start();
  projectQueue.start();

  const clones = watchClones(config.workspaces, (dir) => {
    for (const workspace of api.workspaces.list()) {
      if (workspace.status?.clone?.path === dir) workspaceQueue.enqueue(workspace.metadata.name);
    }
  });
  shutdown.then('clone watch', () => clones.close());
  const manifests = await startManifestWatcher({
    directory: config.manifests,
    ledgerFile: path.join(paths.state, 'manifests.json'),
    client,
    recorder,
    log: log.child({ part: 'manifests' }),
    clock,
    home: os.homedir(),
  });
  shutdown.then('manifests', () => manifests.close());
  log.info({ version, state: paths.state, manifests: config.manifests }, 'the daemon runs');
  return { close: () => shutdown.run() };
}
