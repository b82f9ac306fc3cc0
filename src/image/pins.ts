import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { createKeyedLock } from '../exec/keyed-lock.ts';
import type { Tool } from './builder.ts';
import type { Requirement } from './requirement.ts';
import type { Resolve } from './resolve.ts';

/** For all builders of this process, which share these files. */
const lock = createKeyedLock();

/**
 * Keeps what a project's ranges were resolved to, in a file per project under `dir`: a new release of Node must not by itself make
 * other images and restart every machine. A changed range is resolved anew.
 */
export function createPins(dir: string): (project: string, resolve: Resolve) => Resolve {
  const projects = new Map<string, Map<string, string>>();
  return (project, resolve) => async (requirement) => {
    const known = projects.get(project)?.get(keyOf(requirement));
    if (known !== undefined) return { name: requirement.tool, version: known, cause: requirement.cause };
    const file = path.join(dir, `${project}.json`);
    const release = await lock(file);
    try {
      // Read again: another builder may have pinned it meanwhile.
      const pins = await load(file);
      projects.set(project, pins);
      return await pin(requirement, resolve, { file, pins });
    } finally {
      release();
    }
  };
}

async function pin(
  requirement: Requirement,
  resolve: Resolve,
  { file, pins }: { file: string; pins: Map<string, string> },
): Promise<Tool> {
  const key = keyOf(requirement);
  const pinned = pins.get(key);
  if (pinned !== undefined) return { name: requirement.tool, version: pinned, cause: requirement.cause };
  const tool = await resolve(requirement);
  pins.set(key, tool.version);
  await save(file, pins);
  return tool;
}

function keyOf(requirement: Requirement): string {
  const { tool, range, prefer } = requirement;
  return prefer === undefined ? `${tool}@${range}` : `${tool}@${range} (${prefer})`;
}

async function load(file: string): Promise<Map<string, string>> {
  try {
    return new Map(Object.entries(JSON.parse(await readFile(file, 'utf8')) as Record<string, string>));
  } catch (error) {
    // A torn file costs no more than resolving again.
    if ((error as NodeJS.ErrnoException).code === 'ENOENT' || error instanceof SyntaxError) return new Map();
    throw error;
  }
}

async function save(file: string, pins: Map<string, string>): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true });
  const temporary = `${file}.${process.pid}.tmp`;
  await writeFile(temporary, `${JSON.stringify(Object.fromEntries(pins), null, 2)}\n`);
  await rename(temporary, file);
}
