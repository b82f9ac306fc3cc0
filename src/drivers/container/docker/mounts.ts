import type { MountConfig, MountSettings } from 'dockerode';
import type { ContainerSpec } from '../driver.ts';
import { checkMounts } from '../mount-rules.ts';
import type { CheckedMount, Mask } from '../mount-rules.ts';

/** Where the guest's runtime is inside. */
export const RUNTIME_DIR = '/usr/libexec/dual';
/** Where the directory shared with the host is inside. */
export const SHARED_DIR = '/run/dual/s';

/**
 * What is mounted: the worktree and the spec's mounts at their own paths, and what the guest needs. A mount above something
 * forbidden gets that masked.
 * @throws StalledError MountMissing, MountForbidden
 */
export async function machineMounts(
  spec: ContainerSpec,
  { guestRuntime, forbidden }: { guestRuntime: string; forbidden: string[] },
): Promise<MountConfig> {
  const own = await checkMounts(spec, { reserved: [RUNTIME_DIR, SHARED_DIR], forbidden });
  return [
    bind(spec.worktree, spec.worktree, false),
    bind(guestRuntime, RUNTIME_DIR, true),
    bind(spec.guestDir, SHARED_DIR, false),
    ...own.flatMap(userMounts),
  ];
}

function userMounts({ source, target, readOnly, masks }: CheckedMount): MountSettings[] {
  return [bind(source, target, readOnly), ...masks.map(cover)];
}

function cover({ target, directory }: Mask): MountSettings {
  if (!directory) return bind('/dev/null', target, true);
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
