import path from 'node:path';
import { packageRoot } from '../config/package-root.ts';
import type { Config } from '../config/config.ts';
import { resolvePaths } from '../config/paths.ts';
import type { Paths } from '../config/paths.ts';
import type { Clock } from '../clock/clock.ts';
import { createDocker } from '../drivers/container/docker/create-docker.ts';
import { createDockerDriver } from '../drivers/container/docker/docker-driver.ts';
import type { ContainerDriver, Root } from '../drivers/container/driver.ts';
import { createLimits } from '../drivers/container/sandbox/limits.ts';
import type { MaskedPath } from '../drivers/container/sandbox/masked.ts';
import { createNetwork } from '../drivers/container/sandbox/network.ts';
import { createSandboxDriver } from '../drivers/container/sandbox/sandbox-driver.ts';
import { createBasicDriver } from '../drivers/session/basic/basic.ts';
import type { SessionDriver } from '../drivers/session/driver.ts';
import { createTmuxDriver } from '../drivers/session/tmux/tmux.ts';
import type { SourceDriver } from '../drivers/source/driver.ts';
import { createGitDriver } from '../drivers/source/git/git.ts';
import { createLoginEnv } from '../exec/login-env.ts';
import { GUEST_NODE_FLAGS } from '../guest/flags.ts';
import type { Guests } from '../guest/guests.ts';
import { ensureGuestRuntime } from '../guest/runtime.ts';
import { createGuests } from '../guest/subscription.ts';
import { createImageBuilder } from '../image/build.ts';
import type { ImageBuilder } from '../image/builder.ts';
import { createToolsBuilder } from '../image/tools/tools-builder.ts';
import type { Log } from '../log/log.ts';
import { createProxyRoutes } from '../proxy/launch.ts';
import type { Routes } from '../proxy/routes.ts';
import { createShims } from '../shims/directory.ts';
import type { Shims } from '../shims/shims.ts';
import type { Shutdown } from './shutdown.ts';

export interface DriverOptions {
  paths: Paths;
  config: Config;
  env: Record<string, string | undefined>;
  log: Log;
  clock: Clock;
  version: string;
  installId: string;
}

export interface Parts {
  drivers: { containers: ContainerDriver[]; sessions: SessionDriver[]; source: SourceDriver };
  images: Record<Root, ImageBuilder>;
  guests: Guests;
  shims: Shims;
  routes: Routes;
  /** What every machine needs and is fetched once; whoever needs it later waits for the same work. */
  guestRuntime: () => Promise<string>;
}

/** The implementations behind the interfaces that the controllers see. */
export async function createDrivers(options: DriverOptions, shutdown: Shutdown): Promise<Parts> {
  const { paths, config, env, log, clock, version, installId: install } = options;
  const dist = path.join(packageRoot(), 'dist');
  const loginEnv = createLoginEnv({ fallback: env, warn: (message) => log.warn(message) });
  const docker = createDocker(env);
  const guests = createGuests({ log: log.child({ part: 'guests' }), clock });
  shutdown.then('guests', () => guests.close());
  const routes = await createProxyRoutes({
    socket: paths.proxySocket,
    listen: config.proxy.listen,
    ca: paths.ca,
    version,
    command: [process.execPath, path.join(dist, 'proxy.js')],
    logFile: paths.proxyLog,
    clock,
    log: log.child({ part: 'routes' }),
  });
  shutdown.then('routes', () => routes.close());
  const runtime = {
    cache: paths.cache,
    guestBundle: path.join(dist, 'guest.cjs'),
    ptyAddon: path.join(dist, 'pty.node'),
    commandServer: path.join(dist, 'command-server.pl'),
    env,
  };
  const guestRuntime = (): Promise<string> => ensureGuestRuntime(runtime);
  const machines = {
    install,
    guestRuntime,
    guestFlags: [...GUEST_NODE_FLAGS],
    version,
  };
  const terminals = { install, env: loginEnv };
  return {
    drivers: {
      // In both lists: what `auto` takes comes first.
      containers: [
        createDockerDriver({
          docker,
          ...machines,
          forbidden: [paths.state],
          own: ownPaths(options).map((own) => own.path),
          log: log.child({ part: 'docker' }),
        }),
        createSandboxDriver({
          ...machines,
          dir: paths.sandboxes,
          env: loginEnv,
          masked: ownPaths(options),
          network: createNetwork({ env, log: log.child({ part: 'network' }) }),
          limits: createLimits({ log: log.child({ part: 'limits' }) }),
          clock,
          log: log.child({ part: 'sandbox' }),
        }),
      ],
      sessions: [
        createTmuxDriver({ ...terminals, socket: paths.tmuxSocket, log: log.child({ part: 'tmux' }) }),
        createBasicDriver({
          ...terminals,
          socket: paths.sessionSocket,
          logs: paths.paneLogs,
          command: [process.execPath, path.join(dist, 'sessions.js')],
          attachCommand: [process.execPath, path.join(dist, 'sessions-attach.js')],
          log: log.child({ part: 'sessions' }),
        }),
      ],
      source: createGitDriver({ env: loginEnv, log: log.child({ part: 'git' }) }),
    },
    images: {
      image: createImageBuilder({
        docker,
        cache: paths.cache,
        state: paths.state,
        install,
        isolated: paths.isolated,
        log: log.child({ part: 'images' }),
        env,
      }),
      host: createToolsBuilder({ cache: paths.cache, state: paths.state, env }),
    },
    guests,
    shims: createShims({
      paths,
      lib: path.join(dist, 'shims'),
      dual: dualCommand(env['DUAL_HOME'], path.join(dist, 'dual.js')),
      env: loginEnv,
    }),
    routes,
    guestRuntime,
  };
}

/** The CLI of this instance, whichever its caller is used to talk to, and with nothing of the caller's workspace. */
function dualCommand(home: string | undefined, script: string): string[] {
  const unset = ['DUAL_SHIMS', 'DUAL_WORKSPACE', 'DUAL_SHELL', ...(home === undefined ? ['DUAL_HOME'] : [])];
  const set = home === undefined ? [] : [`DUAL_HOME=${path.resolve(home)}`];
  return ['/usr/bin/env', ...unset.flatMap((name) => ['-u', name]), ...set, process.execPath, script];
}

/** What is Dual's own business and no machine's: this instance's, and the user's where this is another one. */
function ownPaths({ paths, config, env }: DriverOptions): MaskedPath[] {
  const users = resolvePaths({ ...env, DUAL_HOME: undefined });
  const own = ({ state, cache, config: file }: Paths): string[] => [state, cache, path.dirname(file)];
  const clones = [config.workspaces, paths.workspaces, users.workspaces];
  return [
    ...own(paths).map((dir) => ({ path: dir, made: true })),
    ...own(users).map((dir) => ({ path: dir })),
    // Never made: an empty directory would say that nothing is wanted, where a missing one says nothing.
    { path: config.manifests },
    ...clones.map((dir) => ({ path: dir, mountable: true, made: dir === config.workspaces })),
  ];
}
