import type { MountSettings } from 'dockerode';
import type { Mask } from '../mount-rules.ts';

/** Lies over a file that must not be read. */
export const NOTHING = '/dev/null';

export function bind(source: string, target: string, readOnly: boolean): MountSettings {
  return { Type: 'bind', Source: source, Target: target, ReadOnly: readOnly };
}

export function cover({ target, directory }: Mask): MountSettings {
  if (!directory) return bind(NOTHING, target, true);
  return {
    Type: 'tmpfs',
    Source: '',
    Target: target,
    ReadOnly: true,
    TmpfsOptions: { SizeBytes: 65_536, Mode: 0o555 },
  };
}
