import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { readIfThere } from '../read-file.ts';
import { findCgroupPlace, wordsOf, type CgroupPlace } from './place.ts';
import type { Controller } from './settings.ts';
import { readCgroupTree, type CgroupTree } from './tree.ts';

/** What limits can be set with here, or why there is nothing. */
export type LimitsState = { place: CgroupPlace } | LimitsTrouble;

export interface LimitsTrouble {
  /** Completes a sentence that ends in "since". */
  reason: string;
  /** A command, or a sentence where there is none. */
  fix: string;
}

const USE_VERSION_2 = 'add systemd.unified_cgroup_hierarchy=1 to the kernel parameters and start the system anew';
const ALL: readonly Controller[] = ['memory', 'cpu', 'pids'];

/** Of the process with that directory in /proc. Looks only. */
export async function observeLimits(wanted: readonly Controller[] = ALL, proc = '/proc/self'): Promise<LimitsState> {
  const tree = await readCgroupTree(proc);
  if (!tree || !(await hasControllers(tree))) {
    return { reason: 'this system has no cgroups v2', fix: USE_VERSION_2 };
  }
  const place = await findCgroupPlace(tree, wanted);
  return place ? { place } : { reason: 'no control group is delegated to this user', fix: 'dual daemon install' };
}

/** They belong to either version of control groups, as a whole. */
async function hasControllers({ root }: CgroupTree): Promise<boolean> {
  const controllers = wordsOf(await readIfThere(path.join(root, 'cgroup.controllers')));
  return ALL.some((controller) => controllers.includes(controller));
}

/** How this user is given controllers that the place lacks. */
export function controllersFix(): string {
  if (process.getuid?.() === 0) return USE_VERSION_2;
  const dir = '/etc/systemd/system/user@.service.d';
  const unit = String.raw`printf '[Service]\nDelegate=cpu memory pids\n' | sudo tee ${dir}/delegate.conf`;
  return `sudo mkdir -p ${dir} && ${unit} && sudo systemctl daemon-reload   (and log in again)`;
}

/** Processes that a limit of the user's own may allow here at most; undefined for root, who is not counted. */
export async function countableProcesses(proc = '/proc/self'): Promise<number | undefined> {
  if (process.getuid?.() === 0) return undefined;
  const limits = await readFile(`${proc}/limits`, 'utf8');
  const hard = /^Max processes +\S+ +(\d+)/m.exec(limits)?.[1];
  return hard === undefined ? Infinity : Number(hard);
}
