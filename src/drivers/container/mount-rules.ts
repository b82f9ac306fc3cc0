import { lstat, realpath } from 'node:fs/promises';
import path from 'node:path';
import { REASON } from '../../api/conditions.ts';
import { StalledError } from '../../errors/reconcile-errors.ts';
import type { ContainerSpec } from './driver.ts';

export interface MountRules {
  /** Paths inside that are the machine's own, which no mount may cover. */
  reserved: string[];
  /** Paths on the host that must not be reachable inside: the engine's socket, Dual's own state. */
  forbidden: string[];
}

/** A mount of the user's, checked. */
export interface CheckedMount {
  /** On the host, without links. */
  source: string;
  /** Inside: the path that the user named. */
  target: string;
  readOnly: boolean;
  /** What has to be covered again inside, since the mount brings in something forbidden. */
  masks: Mask[];
}

/** Something to be covered inside: a directory with an empty one, anything else with nothing to read. */
export interface Mask {
  target: string;
  directory: boolean;
}

/** The spec's mounts, as far as they may be. @throws StalledError MountMissing, MountForbidden */
export async function checkMounts(spec: Pick<ContainerSpec, 'mounts'>, rules: MountRules): Promise<CheckedMount[]> {
  const forbidden = await existingPaths(rules.forbidden);
  return Promise.all(spec.mounts.map((mount) => checkMount(mount, { ...rules, forbidden })));
}

async function checkMount(
  mount: { path: string; readOnly: boolean },
  { reserved, forbidden }: MountRules,
): Promise<CheckedMount> {
  if (reserved.some((needed) => isWithin(needed, mount.path))) {
    const message = `spec.container.mounts: ${mount.path} is part of the machine itself; mount what you need below it`;
    throw new StalledError(REASON.mountForbidden, message);
  }
  const source = await realPath(mount.path);
  if (source === undefined) {
    const message = `spec.container.mounts: ${mount.path} does not exist on this machine; create it, or remove it from the list`;
    throw new StalledError(REASON.mountMissing, message);
  }
  const above = forbidden.find((target) => isWithin(source, target));
  if (above !== undefined) {
    const message = `spec.container.mounts: ${mount.path} would give the machine control over its host (${above}); remove it from the list`;
    throw new StalledError(REASON.mountForbidden, message);
  }
  const below = forbidden.filter((target) => isWithin(target, source));
  const masks = below.map(async (target) => ({
    target: path.join(mount.path, path.relative(source, target)),
    directory: (await lstat(target)).isDirectory(),
  }));
  return { source, target: mount.path, readOnly: mount.readOnly, masks: await Promise.all(masks) };
}

/** Those that exist, without links and doubles. */
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

/** Whether `target` is `root` or lies below it. */
export function isWithin(target: string, root: string): boolean {
  const relative = path.relative(root, target);
  return relative === '' || (!relative.startsWith(`..${path.sep}`) && relative !== '..' && !path.isAbsolute(relative));
}
