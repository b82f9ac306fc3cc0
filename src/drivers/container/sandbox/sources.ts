import { readFile, realpath, stat } from 'node:fs/promises';
import { REASON } from '../../../api/conditions.ts';
import { RetryError, StalledError } from '../../../errors/reconcile-errors.ts';
import type { ContainerSpec } from '../driver.ts';
import { checkMounts, isWithin } from '../mount-rules.ts';
import { engineSockets, hostSockets, realPaths } from './hidden-paths.ts';
import { isAbsence } from './read-file.ts';

/** What of the host's a sandbox gets to see, and what not. Checked, absolute, without links. */
export interface Sources {
  worktree: string;
  mounts: { path: string; readOnly: boolean }[];
  /** Nobody inside may see them, unless they are among the mounts. */
  hidden: string[];
  /** The directory of tools. */
  tools: string | undefined;
}

/** What no mount may take the place of. */
const RESERVED = ['/proc', '/sys', '/dev', '/run/dual', '/usr/local'];
/** Views of the kernel, which are a sandbox's own. */
const KERNEL = ['/proc', '/sys'];

/**
 * @param masked paths of the host's that nobody inside may see
 * @throws StalledError MountMissing, MountForbidden  @throws RetryError ContainerFailed
 */
export async function checkSources(
  spec: ContainerSpec,
  { masked, env }: { masked: string[]; env: Record<string, string> },
): Promise<Sources> {
  const worktree = await directory(spec.worktree, 'the worktree');
  const forbidden = [...(await realPaths(masked)), ...(await engineSockets(env))];
  const mounts = await Promise.all(spec.mounts.map((mount) => checkMount(mount, { worktree, forbidden })));
  const shown = { worktree, mounts: mounts.map((mount) => mount.path) };
  const hidden = [...forbidden, ...(await hostSockets(env, shown))];
  const tools = spec.image === '' ? undefined : await directory(spec.image, 'the directory of tools');
  for (const file of [worktree, ...hidden, ...mounts.map((mount) => mount.path)]) refuseLineBreak(file);
  return { worktree, mounts, hidden, tools };
}

async function directory(file: string, what: string): Promise<string> {
  const real = await realOrItself(file);
  const isDirectory = await stat(real).then(
    (stats) => stats.isDirectory(),
    (error: unknown) => {
      if (isAbsence(error)) return false;
      throw error;
    },
  );
  if (!isDirectory) throw new RetryError(REASON.containerFailed, `${what} is gone: ${file}`);
  return real;
}

/** At its real path, since that is where it is seen inside: there, a link to it is the host's own. */
async function checkMount(
  { path, readOnly }: ContainerSpec['mounts'][number],
  { worktree, forbidden }: { worktree: string; forbidden: string[] },
): Promise<Sources['mounts'][number]> {
  const real = await realOrItself(path);
  if (KERNEL.some((dir) => isWithin(real, dir))) {
    throw new StalledError(
      REASON.mountForbidden,
      `spec.container.mounts: ${path} is a part of /proc or /sys, of which each machine has its own; remove it from the list`,
    );
  }
  // All worktrees lie below one that is masked; a machine sees its own all the same.
  const rules = isWithin(real, worktree) ? forbidden.filter((file) => !isWithin(worktree, file)) : forbidden;
  await checkMounts({ mounts: [{ path: real, readOnly }] }, { reserved: RESERVED, forbidden: rules });
  return { path: real, readOnly };
}

async function realOrItself(file: string): Promise<string> {
  try {
    return await realpath(file);
  } catch (error) {
    if (isAbsence(error)) return file;
    throw error;
  }
}

function refuseLineBreak(file: string): void {
  if (!file.includes('\n')) return;
  const message = `the name of a directory holds a line break: ${JSON.stringify(file)}; rename it`;
  throw new StalledError(REASON.mountForbidden, message);
}

/** Where names are resolved by on the host: the file's real path and text. Undefined when there is none. */
export async function resolvConf(): Promise<{ file: string; text: string } | undefined> {
  try {
    const file = await realpath('/etc/resolv.conf');
    return { file, text: await readFile(file, 'utf8') };
  } catch (error) {
    if (isAbsence(error)) return undefined;
    throw error;
  }
}
