import { constants } from 'node:fs';
import { mkdir, readdir, readFile, rmdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { sendSignal } from '../../../../exec/send-signal.ts';
import { isAbsence, readIfThere } from '../read-file.ts';
import { wordsOf, type CgroupPlace } from './place.ts';

/** The group of all sandboxes, which holds groups and no processes: what it gives to those cannot be taken away from above. */
const PARENT = 'dual';
const LOOK_AGAIN = 5;
/** Milliseconds within which killed processes have gone, or hang in the kernel. */
const PATIENCE = 5000;

export function cgroupDir(place: Pick<CgroupPlace, 'dir'>, name: string): string {
  return path.join(place.dir, PARENT, name);
}

/** Makes the group, or takes the one that is there, and sets its limits. Its directory. */
export async function makeCgroup(place: CgroupPlace, name: string, files: Record<string, string>): Promise<string> {
  const dir = cgroupDir(place, name);
  await enable(place.dir, place.controllers);
  try {
    await makeGroups(dir, place.controllers);
  } catch (error) {
    if (!isAbsence(error)) throw error;
    // Whoever removed the last group has just taken the parent away too.
    await makeGroups(dir, place.controllers);
  }
  for (const [file, value] of Object.entries(files)) await setLimit(path.join(dir, file), value);
  return dir;
}

async function makeGroups(dir: string, controllers: readonly string[]): Promise<void> {
  await makeDirectory(path.dirname(dir));
  await enable(path.dirname(dir), controllers);
  await makeDirectory(dir);
}

/** For groups below that one. */
async function enable(dir: string, controllers: readonly string[]): Promise<void> {
  const file = path.join(dir, 'cgroup.subtree_control');
  const enabled = wordsOf(await readFile(file, 'utf8'));
  for (const controller of controllers.filter((name) => !enabled.includes(name))) await write(file, `+${controller}`);
}

async function makeDirectory(dir: string): Promise<void> {
  try {
    await mkdir(dir);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}

/** A kernel without swap has no file for it. */
async function setLimit(file: string, value: string): Promise<void> {
  try {
    await write(file, value);
  } catch (error) {
    if (!isAbsence(error) || path.basename(file) !== 'memory.swap.max') throw error;
  }
}

/** Kills what is in the group, and removes it with all below it. Nothing to do when there is none. */
export async function removeCgroup(dir: string): Promise<void> {
  if ((await readIfThere(path.join(dir, 'cgroup.procs'))) === undefined) return;
  const deadline = performance.now() + PATIENCE;
  do {
    await killAll(dir);
    if (await removed(dir)) return removeIfEmpty(path.dirname(dir));
    await delay(LOOK_AGAIN);
  } while (performance.now() < deadline);
  throw new Error(`${dir} cannot be removed: processes in it do not end`);
}

async function killAll(dir: string): Promise<void> {
  try {
    await write(path.join(dir, 'cgroup.kill'), '1');
  } catch (error) {
    if (!isAbsence(error)) throw error;
    // Before Linux 5.14: one by one, and again as long as there are any. Those that cannot be seen from here read 0.
    const pids = wordsOf(await readIfThere(path.join(dir, 'cgroup.procs'))).map(Number);
    for (const pid of pids.filter((one) => one > 0)) sendSignal(pid, 'SIGKILL');
  }
}

/** False while something is in it still. */
async function removed(dir: string): Promise<boolean> {
  try {
    const entries = await readdir(dir, { withFileTypes: true });
    for (const entry of entries.filter((one) => one.isDirectory())) {
      if (!(await removed(path.join(dir, entry.name)))) return false;
    }
    await rmdir(dir);
    return true;
  } catch (error) {
    if (isAbsence(error)) return true;
    if ((error as NodeJS.ErrnoException).code === 'EBUSY') return false;
    throw error;
  }
}

async function removeIfEmpty(dir: string): Promise<void> {
  try {
    await rmdir(dir);
  } catch (error) {
    if (!isAbsence(error) && (error as NodeJS.ErrnoException).code !== 'EBUSY') throw error;
  }
}

/** Never makes the file, and need not be allowed to read it. */
async function write(file: string, value: string): Promise<void> {
  await writeFile(file, value, { flag: constants.O_WRONLY });
}
