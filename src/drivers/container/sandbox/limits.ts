import type { Log } from '../../../log/log.ts';
import type { Limits, LimitsGrant } from './helpers.ts';
import { cgroupDir, makeCgroup, removeCgroup } from './limits/cgroup.ts';
import { delegatedGroups } from './limits/place.ts';
import { limitSettings, type LimitSetting } from './limits/settings.ts';
import { countableProcesses, observeLimits } from './limits/state.ts';
import { readCgroupTree } from './limits/tree.ts';

/** Limits of sandboxes: by control groups (version 2) where this user may make them; the number of processes also by what the kernel counts per user. */
export function createLimits({ log }: { log: Log }): Limits {
  return {
    async grant(name, resources) {
      const settings = limitSettings(resources);
      const group = await groupFor(name, settings, log);
      const loose = settings.filter(({ controller }) => !group.enforced.includes(controller));
      const processes = loose.some(({ field }) => field === 'pids') ? await processLimit(resources.pids) : undefined;
      const notices = loose
        .filter(({ field }) => field !== 'pids' || processes === undefined)
        .map((setting) => notice(setting, group.reason));
      return {
        ...(group.dir !== undefined && { cgroup: group.dir }),
        ...(processes !== undefined && { processes }),
        notices,
      } satisfies LimitsGrant;
    },
    async release(name) {
      const tree = await readCgroupTree();
      for (const dir of tree ? await delegatedGroups(tree) : []) await removeCgroup(cgroupDir({ dir }, name));
    },
  };
}

interface Group {
  dir?: string;
  enforced: LimitSetting['controller'][];
  /** Why the others are not; undefined where the group has no such controller. */
  reason?: string;
}

async function groupFor(name: string, settings: LimitSetting[], log: Log): Promise<Group> {
  const state = await observeLimits(settings.map(({ controller }) => controller));
  if ('reason' in state) return { enforced: [], reason: state.reason };
  const { place } = state;
  const enforced = settings.filter(({ controller }) => place.controllers.includes(controller));
  if (enforced.length === 0) return { enforced: [] };
  try {
    const files = Object.assign({}, ...enforced.map((setting) => setting.files)) as Record<string, string>;
    return { dir: await makeCgroup(place, name, files), enforced: place.controllers };
  } catch (error) {
    const { code = 'unknown', message } = error as NodeJS.ErrnoException;
    log.warn({ name, message }, 'no control group for a sandbox');
    return { enforced: [], reason: `its control group could not be made (${code})` };
  }
}

/** No more than may be asked for. */
async function processLimit(wanted: number): Promise<number | undefined> {
  const most = await countableProcesses();
  return most === undefined ? undefined : Math.min(wanted, most);
}

function notice({ field, value, controller }: LimitSetting, reason: string | undefined): string {
  return `${field}: not limited to ${value}, since ${reason ?? `the control groups here have no ${controller} controller`}`;
}
