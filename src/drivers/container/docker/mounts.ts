import { lstat, realpath } from 'node:fs/promises';
import path from 'node:path';
import type { MountConfig, MountSettings } from 'dockerode';
import { REASON } from '../../../api/conditions.ts';
import { StalledError } from '../../../errors/reconcile-errors.ts';
import type { ContainerSpec } from '../driver.ts';

/** Where the guest's runtime is inside. */
export const RUNTIME_DIR = '/usr/libexec/dual';
/** Where the directory shared with the host is inside. */
export const SHARED_DIR = '/run/dual/s';

export interface MountRules {
  /** Directory on the host with the guest's runtime. */
  guestRuntime: string;
  /** Paths on the host that must not be reachable inside: the engine's socket, Dual's own state. */
  forbidden: string[];
}

/**
 * What is mounted: the worktree and the spec's mounts at their own paths, and what the guest needs. A mount above something
 * forbidden gets that masked.
 * @throws StalledError MountMissing, MountForbidden
 */
export async function machineMounts(spec: ContainerSpec, rules: MountRules): Promise<MountConfig> {
  const forbidden = await existingPaths(rules.forbidden);
  const extra = await Promise.all(spec.mounts.map((mount) => userMount(mount, forbidden)));
  return [
    bind(spec.worktree, spec.worktree, false),
    bind(rules.guestRuntime, RUNTIME_DIR, true),
    bind(spec.guestDir, SHARED_DIR, false),
    ...extra.flat(),
  ];
}

async function userMount(mount: { path: string; readOnly: boolean }, forbidden: string[]): Promise<MountSettings[]> {
  if ([RUNTIME_DIR, SHARED_DIR].some((needed) => isWithin(needed, mount.path))) {
    const message = `spec.container.mounts: ${mount.path} is part of the machine itself; mount what you need below it`;
    throw new StalledError(REASON.mountForbidden, message);
  }
  const real = await realPath(mount.path);
  if (real === undefined) {
    const message = `spec.container.mounts: ${mount.path} does not exist on this machine; create it, or remove it from the list`;
    throw new StalledError(REASON.mountMissing, message);
  }
  const above = forbidden.find((target) => isWithin(real, target));
  if (above !== undefined) {
    const message = `spec.container.mounts: ${mount.path} would give the machine control over its host (${above}); remove it from the list`;
    throw new StalledError(REASON.mountForbidden, message);
  }
  const below = forbidden.filter((target) => isWithin(target, real));
  const masks = below.map((target) => mask(target, path.join(mount.path, path.relative(real, target))));
  return [bind(real, mount.path, mount.readOnly), ...(await Promise.all(masks))];
}

/** An empty directory, or nothing to read, over a path that a wider mount brings in. */
async function mask(source: string, target: string): Promise<MountSettings> {
  const stats = await lstat(source);
  if (!stats.isDirectory()) return bind('/dev/null', target, true);
  return {
    Type: 'tmpfs',
    Source: '',
    Target: target,
    ReadOnly: true,
    TmpfsOptions: { SizeBytes: 65_536, Mode: 0o555 },
  };
}

function bind(source: string, target: string, readOnly: boolean): MountSettings {
  return { Type: 'bind', Source: source, Target: target, ReadOnly: readOnly };
}

async function existingPaths(paths: string[]): Promise<string[]> {
  const real = await Promise.all(paths.map(realPath));
  return [...new Set(real.filter((target) => target !== undefined))];
}

async function realPath(target: string): Promise<string | undefined> {
  try {
    return await realpath(target);
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return undefined;
    throw error;
  }
}

function isWithin(target: string, root: string): boolean {
  const relative = path.relative(root, target);
  return relative === '' || (!relative.startsWith(`..${path.sep}`) && relative !== '..' && !path.isAbsolute(relative));
}
