import { createHash } from 'node:crypto';
import path from 'node:path';
import type { Paths } from '../../../config/paths.ts';
import { launchdService } from './launchd.ts';
import type { Service, ServiceSpec } from './service.ts';
import { isSystemdThere, systemdService } from './systemd.ts';

export interface ServiceHost {
  env: Record<string, string | undefined>;
  paths: Paths;
  platform: NodeJS.Platform;
  home: string;
}

/** How this machine starts things at login; undefined where neither systemd's user manager nor launchd is there. */
export async function findService(host: ServiceHost, command: string[]): Promise<Service | undefined> {
  const spec = serviceSpec(host, command);
  if (host.platform === 'darwin') return launchdService(spec, host.env);
  if (await isSystemdThere(host.env)) return systemdService(spec, host.env);
  return undefined;
}

/** Variables that say where Dual's files are; a service does not get them from the login shell. */
const CARRIED = ['DUAL_HOME', 'XDG_CONFIG_HOME', 'XDG_STATE_HOME', 'XDG_CACHE_HOME', 'DOCKER_HOST'];

export function serviceSpec(host: ServiceHost, command: string[]): ServiceSpec {
  const set = CARRIED.flatMap((name): [string, string][] => {
    const value = host.env[name];
    return value ? [[name, name === 'DUAL_HOME' ? path.resolve(value) : value]] : [];
  });
  // The same program must be found as when it was installed, with version managers' directories in it.
  const env = { PATH: host.env['PATH'] || '/usr/local/bin:/usr/bin:/bin', ...Object.fromEntries(set) };
  const log = host.paths.daemonLog;
  return {
    command,
    env,
    log,
    home: host.home,
    ...(host.paths.isolated ? { instance: shortId(host.paths.state) } : {}),
  };
}

function shortId(state: string): string {
  return createHash('sha256').update(state).digest('hex').slice(0, 6);
}
