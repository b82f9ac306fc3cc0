import path from 'node:path';
import { isWithin } from '../../mount-rules.ts';
import { readIfThere } from '../read-file.ts';

/** Control groups of version 2, as far as this process sees them. */
export interface CgroupTree {
  /** Where they are mounted. */
  root: string;
  /** Directory of this process's own group: `root` or below. */
  own: string;
}

/** Undefined on systems without version 2. */
export async function readCgroupTree(proc = '/proc/self'): Promise<CgroupTree | undefined> {
  const [mounts, membership] = await Promise.all([
    readIfThere(path.join(proc, 'mountinfo')),
    readIfThere(path.join(proc, 'cgroup')),
  ]);
  return parseCgroupTree(mounts ?? '', membership ?? '');
}

/** From the text of /proc/PID/mountinfo and /proc/PID/cgroup. */
export function parseCgroupTree(mountinfo: string, membership: string): CgroupTree | undefined {
  const own = /^0::(\/.*)$/m.exec(membership)?.[1];
  const mount = mountinfo
    .split('\n')
    .map((line) => line.split(' '))
    .find((fields) => fields[fields.indexOf('-') + 1] === 'cgroup2');
  // Fields of proc_pid_mountinfo(5): id, parent, device, root of the mount within its file system, where it is mounted.
  const [, , , top, root] = mount ?? [];
  // A container that was given part of the tree only, and lives elsewhere in it.
  if (own === undefined || top === undefined || root === undefined || !isWithin(own, top)) return undefined;
  return { root, own: path.join(root, path.relative(top, own)) };
}

/** From the root down to the process's own group. */
export function groupsAbove({ root, own }: CgroupTree): string[] {
  const names = path.relative(root, own).split(path.sep).filter(Boolean);
  return [root, ...names.map((_name, index) => path.join(root, ...names.slice(0, index + 1)))];
}
