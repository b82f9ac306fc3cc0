import { lstat, readFile, realpath, stat } from 'node:fs/promises';
import { REASON } from '../../../api/conditions.ts';
import { RetryError, StalledError } from '../../../errors/reconcile-errors.ts';
import type { ContainerSpec } from '../driver.ts';
import { checkMounts, isWithin } from '../mount-rules.ts';
import { realPaths } from '../real-paths.ts';
import { findTmpCovers } from '../shared-tmp/tmp-covers.ts';
import type { TmpCovers } from '../shared-tmp/tmp-covers.ts';
import { engineSockets, hostSockets } from './hidden-paths.ts';
import { makeMasked } from './masked.ts';
import type { MaskedPath } from './masked.ts';
import { isAbsence } from './read-file.ts';

/** What of the host's a sandbox gets to see, and what not. Checked, absolute, without links. */
export interface Sources {
  worktree: string;
  mounts: { path: string; readOnly: boolean }[];
  /** Nobody inside may see them, unless they are among the mounts. */
  hidden: string[];
  /** Where the host's /tmp is seen: what has to be covered there besides. */
  tmp: TmpCovers | undefined;
  /** The directory of tools. */
  tools: string | undefined;
}

/** What no mount may take the place of. */
const RESERVED = ['/proc', '/sys', '/dev', '/run/dual', '/usr/local'];
/** Views of the kernel, which are a sandbox's own. */
const KERNEL = ['/proc', '/sys'];

export interface SourceRules {
  /** Where the sandboxes have their directories, which nobody inside may see. */
  dir: string;
  masked: MaskedPath[];
  /** The user's login environment. */
  env: Record<string, string>;
}

/** What of it nobody inside may see, without links. */
interface Rules {
  /** No mount may bring it in. */
  forbidden: string[];
  /** A mount may. */
  mountable: string[];
}

/**
 * Makes what of the masked has to be there.
 * @throws StalledError MountMissing, MountForbidden  @throws RetryError ContainerFailed
 */
export async function checkSources(spec: ContainerSpec, { dir, masked, env }: SourceRules): Promise<Sources> {
  await makeMasked([...masked, { path: dir, made: true }]);
  const mountable = await realPaths(masked.filter((entry) => entry.mountable === true).map((entry) => entry.path));
  const own = await realPaths([...masked.filter((entry) => entry.mountable !== true).map((entry) => entry.path), dir]);
  const worktree = await checkWorktree(spec, { dir, masked: [...own, ...mountable] });
  const forbidden = [...own, ...(await engineSockets(env))];
  const mounts = await Promise.all(spec.mounts.map((mount) => checkMount(mount, worktree, { forbidden, mountable })));
  const shown = { worktree, mounts: mounts.map((mount) => mount.path) };
  const hidden = [...new Set([...forbidden, ...mountable, ...(await hostSockets(env, shown))])];
  const tools = spec.image === '' ? undefined : await directory(spec.image, 'the directory of tools');
  for (const file of [worktree, ...hidden, ...mounts.map((mount) => mount.path)]) refuseLineBreak(file);
  const tmp = await findTmpCovers(spec, [worktree, ...shown.mounts, ...hidden]);
  return { worktree, mounts, hidden, tmp, tools };
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

/** It is shown to be written to: something else in its place must not be. */
async function checkWorktree(
  { worktree, worktreeIdentity }: ContainerSpec,
  { dir, masked }: { dir: string; masked: string[] },
): Promise<string> {
  const real = await directory(worktree, 'the worktree');
  const stats = await lstat(worktree, { bigint: true });
  if (!stats.isDirectory() || `${stats.dev}:${stats.ino}` !== worktreeIdentity) {
    throw new RetryError(REASON.containerFailed, `the worktree is not the one that was looked at: ${worktree}`);
  }
  const own = await realOrItself(dir);
  const taken = isWithin(own, real) || isWithin(real, own) ? own : masked.find((file) => file === real);
  if (taken === undefined) return real;
  const message = `the worktree ${worktree} would give the machine control over its host (${taken}); it has to be elsewhere`;
  throw new StalledError(REASON.mountForbidden, message);
}

/** At its real path, since that is where it is seen inside: there, a link to it is the host's own. */
async function checkMount(
  { path, readOnly }: ContainerSpec['mounts'][number],
  worktree: string,
  { forbidden, mountable }: Rules,
): Promise<Sources['mounts'][number]> {
  const real = await realOrItself(path);
  if (KERNEL.some((dir) => isWithin(real, dir))) {
    throw new StalledError(
      REASON.mountForbidden,
      `spec.container.mounts: ${path} is a part of /proc or /sys, of which each machine has its own; remove it from the list`,
    );
  }
  // What lies below something masked, and may be seen all the same.
  const seen = [worktree, ...mountable].filter((dir) => isWithin(real, dir));
  const rules = forbidden.filter((file) => !seen.some((dir) => file !== dir && isWithin(dir, file)));
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
