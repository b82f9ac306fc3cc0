import path from 'node:path';
import { packageRoot } from '../config/package-root.ts';
import type { Config } from '../config/config.ts';
import type { Paths } from '../config/paths.ts';
import type { Clock } from '../clock/clock.ts';
import { createDocker } from '../drivers/container/docker/create-docker.ts';
import { createDockerDriver } from '../drivers/container/docker/docker-driver.ts';
import type { ContainerDriver, Root } from '../drivers/container/driver.ts';
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
import type { Log } from '../log/log.ts';
import { createProxyRoutes } from '../proxy/launch.ts';
import type { Routes } from '../proxy/routes.ts';
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
  routes: Routes;
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
    version,
    command: [process.execPath, path.join(dist, 'proxy.js')],
    logFile: paths.proxyLog,
    clock,
    log: log.child({ part: 'routes' }),
  });
  shutdown.then('routes', () => routes.close());
  const runtime = {
    cache: paths.cache,
    guestBundle: path.join(dist, 'guest.js'),
    ptyAddon: path.join(dist, 'pty.node'),
    env,
  };
  const builder = {
    cache: paths.cache,
    state: paths.state,
    install,
    isolated: paths.isolated,
    log: log.child({ part: 'images' }),
    env,
  };
  const images = createImageBuilder({ docker, ...builder });
  const machines = {
    install,
    guestRuntime: () => ensureGuestRuntime(runtime),
    guestFlags: [...GUEST_NODE_FLAGS],
    version,
  };
  return {
    drivers: {
      containers: [
        createDockerDriver({ docker, ...machines, forbidden: [paths.state], log: log.child({ part: 'docker' }) }),
      ],
      sessions: [
        createTmuxDriver({ socket: paths.tmuxSocket, install, env: loginEnv, log: log.child({ part: 'tmux' }) }),
      ],
      source: createGitDriver({ env: loginEnv, log: log.child({ part: 'git' }) }),
    },
    images: { image: images, host: images },
    guests,
    routes,
  };
}
