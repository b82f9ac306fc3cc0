import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import path from 'node:path';
import { readIfThere } from '../read-file.ts';
import type { Controller } from './settings.ts';
import { groupsAbove, type CgroupTree } from './tree.ts';

/** A control group below which this user may make others. */
export interface CgroupPlace {
  dir: string;
  /** Which of the wanted ones there are for groups below. */
  controllers: Controller[];
}

/**
 * Among the groups above this process, since a process can only be moved within what its user may write to: the one that gives most of the
 * wanted controllers, nearest to the root. Undefined when this user may make no groups. Reads only.
 */
export async function findCgroupPlace(
  tree: CgroupTree,
  wanted: readonly Controller[],
): Promise<CgroupPlace | undefined> {
  const groups = await delegatedGroups(tree);
  const places = await Promise.all(
    groups.map(async (dir) => ({ dir, controllers: await controllersFor(dir, wanted) })),
  );
  return places.sort((a, b) => b.controllers.length - a.controllers.length)[0];
}

/** Groups above this process in which this user may make others, from the root down. */
export async function delegatedGroups(tree: CgroupTree): Promise<string[]> {
  const groups = groupsAbove(tree);
  const delegated = await Promise.all(groups.map(isDelegated));
  return groups.filter((_dir, index) => delegated[index]);
}

async function isDelegated(dir: string): Promise<boolean> {
  const needed = [dir, path.join(dir, 'cgroup.procs'), path.join(dir, 'cgroup.subtree_control')];
  const writable = await Promise.all(needed.map(isWritable));
  return writable.every(Boolean);
}

/** Those that groups below have already, or can have: a group with processes in it gives none, unless it is the root of all. */
async function controllersFor(dir: string, wanted: readonly Controller[]): Promise<Controller[]> {
  const [available, enabled, processes, type] = await Promise.all(
    ['controllers', 'subtree_control', 'procs', 'type'].map((name) => readIfThere(path.join(dir, `cgroup.${name}`))),
  );
  const canEnable = processes === '' || type === undefined;
  const given = wordsOf(canEnable ? available : enabled);
  return wanted.filter((controller) => given.includes(controller));
}

export function wordsOf(text: string | undefined): string[] {
  return (text ?? '').trim().split(/\s+/);
}

async function isWritable(file: string): Promise<boolean> {
  try {
    await access(file, constants.W_OK);
    return true;
  } catch (error) {
    if (['EACCES', 'EROFS', 'ENOENT', 'EPERM'].includes((error as NodeJS.ErrnoException).code ?? '')) return false;
    throw error;
  }
}
