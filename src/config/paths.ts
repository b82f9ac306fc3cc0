import { createHash } from 'node:crypto';
import os from 'node:os';
import path from 'node:path';

/** Where everything is. Absolute paths. */
export interface Paths {
  /** Whether DUAL_HOME says where; then names with the engine get the install's short id. */
  isolated: boolean;
  config: string;
  manifests: string;
  state: string;
  workspaces: string;
  database: string;
  apiSocket: string;
  proxySocket: string;
  tmuxSocket: string;
  /** Of what holds the sessions of the backend `basic`. */
  sessionSocket: string;
  /** Directory of what the panes of the backend `basic` have shown. */
  paneLogs: string;
  daemonLock: string;
  daemonLog: string;
  proxyLog: string;
  /** Parent of the directories that are shared with the guests. */
  guests: string;
  /** Parent of the directories of shims. */
  shims: string;
  /** Parent of what belongs to each sandbox. */
  sandboxes: string;
  /** Of the certificate authority behind https URLs. Not there until `dual trust` makes it. */
  ca: string;
  /** What is fetched once and used again: Node builds, package managers. */
  cache: string;
}

type Environment = Record<string, string | undefined>;

/** By DUAL_HOME, else by the XDG base directory specification. Reads no file. */
export function resolvePaths(env: Environment, home = os.homedir()): Paths {
  const instance = env['DUAL_HOME'];
  const at = (variable: string, fallback: string): string => {
    const value = env[variable];
    return path.join(value && path.isAbsolute(value) ? value : path.join(home, fallback), 'dual');
  };
  const config = instance ? path.resolve(instance) : at('XDG_CONFIG_HOME', '.config');
  const state = instance ? path.resolve(instance, 'state') : at('XDG_STATE_HOME', '.local/state');
  const workspaces = instance ? path.resolve(instance, 'workspaces') : path.join(home, 'dual-workspaces');
  return {
    isolated: Boolean(instance),
    config: path.join(config, 'config.yaml'),
    manifests: path.join(config, 'manifests'),
    state,
    workspaces,
    ...stateFiles(state),
    cache: instance ? path.join(state, 'cache') : at('XDG_CACHE_HOME', '.cache'),
  };
}

function stateFiles(
  state: string,
): Omit<Paths, 'isolated' | 'config' | 'manifests' | 'state' | 'workspaces' | 'cache'> {
  return {
    database: path.join(state, 'dual.db'),
    apiSocket: path.join(state, 'api.sock'),
    proxySocket: path.join(state, 'proxy.sock'),
    tmuxSocket: path.join(state, 'tmux.sock'),
    sessionSocket: path.join(state, 'sessions.sock'),
    paneLogs: path.join(state, 'logs/panes'),
    daemonLock: path.join(state, 'daemon.lock'),
    daemonLog: path.join(state, 'daemon.log'),
    proxyLog: path.join(state, 'proxy.log'),
    guests: path.join(state, 'r'),
    shims: path.join(state, 'shims'),
    sandboxes: path.join(state, 'sandboxes'),
    ca: path.join(state, 'ca'),
  };
}

/** `~` and `~/…` stand for the home directory; everything else is as it was. */
export function expandHome(file: string, home: string): string {
  return file.replace(/^~(?=\/|$)/, home);
}

/** The directory shared with the guest of that workspace. Short, since socket paths end at 107 bytes. */
export function guestDir(paths: Pick<Paths, 'guests'>, uid: string): string {
  return path.join(paths.guests, shortName(uid));
}

/**
 * The directory of that workspace's temporary files, where its machine has the host's /tmp: TMPDIR on both sides. Machines that share
 * /tmp have the same process numbers, and programs name files by them. Short, since programs make sockets in it. Pure.
 */
export function workspaceTmpDir(uid: string): string {
  return path.join('/tmp', `w-${shortName(uid)}`);
}

/** Eight hex digits that tell workspaces apart. */
function shortName(uid: string): string {
  return createHash('sha256').update(uid).digest('hex').slice(0, 8);
}

/** What stands in front of PATH on the host for that workspace; of the same name as the directory shared with its guest. */
export function shimsDir(paths: Pick<Paths, 'shims'>, uid: string): string {
  return path.join(paths.shims, shortName(uid));
}

/** Where the command server of that workspace's machine answers. */
export function commandSocket(paths: Pick<Paths, 'guests'>, uid: string): string {
  return path.join(guestDir(paths, uid), 'c');
}

export function guestSocket(paths: Pick<Paths, 'guests'>, uid: string): string {
  return path.join(guestDir(paths, uid), 's');
}

/**
 * Where a Workspace's clone may be, in order of preference: `{project}/{branch, "/" as "__"}`, and with `--{workspace}` when that
 * directory belongs to another Workspace. Names longer than a file system allows are cut and told apart by a hash.
 */
export function cloneDirs(
  workspaces: string,
  workspace: { project: string; branch: string; name: string },
): [string, string] {
  const branch = workspace.branch.replaceAll('/', '__');
  const dir = (name: string): string => path.join(workspaces, workspace.project, fitting(name));
  return [dir(branch), dir(`${branch}--${workspace.name}`)];
}

const NAME_MAX = 240;

function fitting(name: string): string {
  if (Buffer.byteLength(name) <= NAME_MAX) return name;
  const hash = createHash('sha256').update(name).digest('hex').slice(0, 12);
  const cut = Buffer.from(name)
    .subarray(0, NAME_MAX - 13)
    .toString('utf8')
    .replace(/\uFFFD+$/, '');
  return `${cut}-${hash}`;
}
