import type { MountConfig, MountSettings } from 'dockerode';
import type { ContainerSpec } from '../driver.ts';
import { checkMounts } from '../mount-rules.ts';
import type { CheckedMount } from '../mount-rules.ts';
import { bind, cover } from './mount-settings.ts';
import { tmpMounts } from './tmp-mounts.ts';

/** Where the guest's runtime is inside. */
export const RUNTIME_DIR = '/usr/libexec/dual';
/** Where the directory shared with the host is inside. */
export const SHARED_DIR = '/run/dual/s';

/** What a container's file system is made of besides its image. The engine mounts parents first. */
export interface MachineMounts {
  mounts: MountConfig;
  /** Options by path inside: what may be written to, and is empty at each start. */
  tmpfs: Record<string, string>;
}

export interface MountSources {
  guestRuntime: string;
  /** Paths on the host that no mount may bring in. */
  forbidden: string[];
  /** Those of them, and others, that are covered where the host's /tmp brings them in. */
  covered: string[];
}

/**
 * What is mounted: the worktree and the spec's mounts at their own paths, what the guest needs, and the host's /tmp. A mount above
 * something forbidden gets that masked.
 * @throws StalledError MountMissing, MountForbidden
 */
export async function machineMounts(spec: ContainerSpec, sources: MountSources): Promise<MachineMounts> {
  const { guestRuntime, forbidden } = sources;
  const own = await checkMounts(spec, { reserved: [RUNTIME_DIR, SHARED_DIR], forbidden });
  const mounts = [
    bind(spec.worktree, spec.worktree, false),
    bind(guestRuntime, RUNTIME_DIR, true),
    bind(spec.guestDir, SHARED_DIR, false),
    ...own.flatMap(userMounts),
  ];
  const tmp = await tmpMounts(spec, own, sources.covered);
  const taken = new Set(mounts.map((mount) => mount.Target));
  return {
    mounts: [...mounts, ...tmp.mounts.filter((mount) => !taken.has(mount.Target))],
    tmpfs: Object.fromEntries(Object.entries(tmp.tmpfs).filter(([target]) => !taken.has(target))),
  };
}

function userMounts({ source, target, readOnly, masks }: CheckedMount): MountSettings[] {
  return [bind(source, target, readOnly), ...masks.map(cover)];
}
