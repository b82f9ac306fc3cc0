import os from 'node:os';
import path from 'node:path';
import type { Host } from '../../controllers/workspace/index.ts';
import type { Config } from '../config/config.ts';
import { packageRoot } from '../config/package-root.ts';
import type { Paths } from '../config/paths.ts';
import { interactiveShell } from '../shims/pane-environment.ts';

/** What the controllers have to know of this machine and this instance. */
export function describeHost(
  paths: Paths,
  config: Config,
  options: { installId: string; env: Record<string, string | undefined> },
): Host {
  const { uid, gid, username, homedir, shell } = os.userInfo();
  const { installId, env } = options;
  return {
    user: { uid, gid, name: username, home: homedir },
    hostname: os.hostname(),
    workspaces: config.workspaces,
    guests: paths.guests,
    proxyAddresses: config.proxy.listen,
    nameSuffix: paths.isolated ? `-${shortId(installId)}` : '',
    shell: shell ?? '/bin/sh',
    interactiveShell: interactiveShell(shell ?? '/bin/sh', path.join(packageRoot(), 'dist', 'shims')),
    paneRunner: [process.execPath, path.join(packageRoot(), 'dist', 'dual.js'), 'run', '--workspace'],
    paneEnv: env['DUAL_HOME'] === undefined ? {} : { DUAL_HOME: path.resolve(env['DUAL_HOME']) },
  };
}

/** Six hex digits that tell two instances' names apart. */
function shortId(installId: string): string {
  return installId.slice(0, 6);
}
