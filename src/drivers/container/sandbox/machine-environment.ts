import path from 'node:path';
import type { ContainerSpec } from '../driver.ts';

type Environment = Record<string, string>;

/** True of the host's session, terminal or services alone, or ways to them. */
const OF_THE_HOST = new RegExp(
  `^(?:${[
    ...['SSH_.*', 'DBUS_.*', '.*_AUTH_SOCK', 'GPG_AGENT_INFO', 'GPG_TTY', 'KRB5CCNAME'],
    ...['DISPLAY', 'XAUTHORITY', 'WAYLAND_.*', 'WINDOWID', 'DESKTOP_STARTUP_ID', 'SESSION_MANAGER', 'ICEAUTHORITY'],
    ...[
      'XDG_RUNTIME_DIR',
      'XDG_SESSION_.*',
      'XDG_VTNR',
      'XDG_SEAT.*',
      'XDG_ACTIVATION_TOKEN',
      'PULSE_.*',
      'PIPEWIRE_.*',
    ],
    ...['TERM', 'TERM_.*', 'TMUX.*', 'STY', 'ZELLIJ.*', 'VSCODE_.*', 'COLUMNS', 'LINES'],
    ...['DOCKER_.*', 'CONTAINER_HOST', 'PODMAN_.*', 'DUAL_.*'],
    ...['INVOCATION_ID', 'JOURNAL_STREAM', 'NOTIFY_SOCKET', 'LISTEN_.*', 'SYSTEMD_.*', 'MANAGERPID', 'WATCHDOG_.*'],
    ...['TMPDIR', 'TMP', 'TEMP'],
    // Of a program that started the daemon, such as `npm run`.
    ...['npm_(?:command|execpath|node_execpath|lifecycle_.*|package_.*)', 'NODE_CHANNEL_.*', 'INIT_CWD', 'VITEST.*'],
    ...[
      'npm_config_(?:user_agent|local_prefix|global_prefix|prefix|globalconfig|userconfig|node_gyp|init_module|npm_version)',
    ],
  ].join('|')})$`,
);

/**
 * What commands in a sandbox start from: the user's login environment less what is true of the host alone, and the spec's own on top.
 * Pure.
 */
export function machineEnvironment(login: Environment, spec: Pick<ContainerSpec, 'env' | 'user'>): Environment {
  const common = Object.fromEntries(Object.entries(login).filter(([name]) => !OF_THE_HOST.test(name)));
  const data = login['XDG_DATA_HOME'] ?? path.join(spec.user.home, '.local/share');
  return {
    // pnpm would make a store in the repo, since a worktree is a mount, where it would have used the user's.
    npm_config_store_dir: path.join(data, 'pnpm/store'),
    ...common,
    ...spec.env,
    PATH: machinePath(spec.env['PATH'] ?? login['PATH']),
  };
}

/** Names of those variables that are the sandbox's, where the others are the login environment's. */
export function ownVariables(spec: Pick<ContainerSpec, 'env'>): string[] {
  return ['PATH', 'npm_config_store_dir', ...Object.keys(spec.env)];
}

/** The directory of tools is laid over /usr/local. */
function machinePath(before: string | undefined): string {
  const system = '/usr/local/bin:/usr/local/sbin:/usr/bin:/usr/sbin:/bin:/sbin'.split(':');
  const [first = '', ...rest] = system;
  const named = (before ?? '').split(':').filter((dir) => dir !== '' && dir !== first);
  return [first, ...named, ...rest.filter((dir) => !named.includes(dir))].join(':');
}
