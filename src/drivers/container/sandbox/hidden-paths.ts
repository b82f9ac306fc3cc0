import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { listeningSockets } from '../listening-sockets.ts';
import { isWithin } from '../mount-rules.ts';
import { realPaths } from '../real-paths.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** A machine has its own of these, or /tmp covered by a search: sockets come and go there. */
const REPLACED = ['/dev', '/proc', '/run', '/sys', '/tmp', '/var/tmp'];

/** Ways to an engine, from which the host could be had. No machine may reach them, not by a mount either. */
export async function engineSockets(env: Environment): Promise<string[]> {
  const home = env['HOME'] ?? '/';
  const named = await withTheirDirs(
    ['DOCKER_HOST', 'CONTAINER_HOST'].flatMap((name) => unixPath(env[name])),
    home,
  );
  const inHome = [
    '.docker/run',
    '.docker/desktop',
    '.colima',
    '.rd',
    '.lima',
    '.local/share/containers/podman/machine',
  ];
  return realPaths([
    '/run/docker.sock',
    '/run/containerd/containerd.sock',
    '/run/podman/podman.sock',
    ...['/var/lib/lxd/unix.socket', '/var/snap/lxd/common/lxd/unix.socket', '/var/lib/incus/unix.socket'],
    ...named,
    ...inHome.map((name) => path.join(home, name)),
  ]);
}

/** Ways to the user's other programs on the host: agents, buses, and whatever else listens on a socket with a path just now. */
export async function hostSockets(env: Environment, shown: { worktree: string; mounts: string[] }): Promise<string[]> {
  const agents = Object.entries(env).filter(([name]) => name.endsWith('_AUTH_SOCK'));
  const bus = /unix:path=([^,;]+)/.exec(env['DBUS_SESSION_BUS_ADDRESS'] ?? '')?.[1];
  const named = [...agents.map(([, value]) => value), bus, env['XDG_RUNTIME_DIR']];
  const places = await withTheirDirs(
    named.filter((file) => file !== undefined),
    env['HOME'] ?? '/',
  );
  const found = [...(await realPaths(places)), ...(await listeningSockets())];
  return found.filter((file) => isInSight(file, shown));
}

/**
 * With the directories in the user's home that are there for such sockets alone: one that is made anew there is then covered too.
 */
async function withTheirDirs(files: string[], home: string): Promise<string[]> {
  const dirs = files.map((file) => path.dirname(file)).filter((dir) => dir !== home && isWithin(dir, home));
  const holdSockets = await Promise.all(dirs.map(holdsSocketsAlone));
  return [...files, ...dirs.filter((_, index) => holdSockets[index])];
}

async function holdsSocketsAlone(dir: string): Promise<boolean> {
  try {
    const entries = await readdir(dir, { withFileTypes: true });
    return entries.length > 0 && entries.every((entry) => entry.isSocket());
  } catch {
    // None, or none that this user can look into: there is nothing to cover then.
    return false;
  }
}

function isInSight(file: string, { worktree, mounts }: { worktree: string; mounts: string[] }): boolean {
  const isIn = (dir: string): boolean => isWithin(file, dir);
  return !isIn(worktree) && (!REPLACED.some(isIn) || mounts.some(isIn));
}

function unixPath(address: string | undefined): string[] {
  const file = /^unix:\/\/(\/.*)$/.exec(address ?? '')?.[1];
  return file === undefined ? [] : [file];
}
