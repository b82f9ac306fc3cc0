import { lstat } from 'node:fs/promises';
import path from 'node:path';
import type { ContainerSpec } from '../driver.ts';
import { isWithin } from '../mount-rules.ts';
import type { CheckedMount } from '../mount-rules.ts';
import { realPaths } from '../real-paths.ts';
import type { SocketDir } from '../shared-tmp/socket-dirs.ts';
import { findTmpCovers } from '../shared-tmp/tmp-covers.ts';
import { bind, cover } from './mount-settings.ts';
import type { MachineMounts } from './mounts.ts';

/** Where it is inside. */
export const TMP = '/tmp';

/** Of a directory of sockets, which take no room. */
const SIZE = '1m';

/**
 * The host's /tmp, and what covers something in it. What is in sight by another mount of the spec's is as that has it.
 * @param own those mounts  @param covered paths on the host, which need not be below /tmp, nor be there
 */
export async function tmpMounts(spec: ContainerSpec, own: CheckedMount[], covered: string[]): Promise<MachineMounts> {
  const shown = (await realPaths([spec.worktree])).concat(own.map(({ source }) => source));
  const hidden = await realPaths(covered);
  const covers = await findTmpCovers(spec, [...shown, ...hidden]);
  if (!covers) return { mounts: [], tmpfs: {} };
  const { root, dirs, sockets } = covers;
  const inside = (file: string): string => path.join(TMP, path.relative(root, file));
  const brought = own.map(({ source }) => source).filter((source) => source !== root && isWithin(source, root));
  const wanted = hidden.filter(
    (file) => isOutermost(file, { root, hidden }) && !brought.some((source) => isWithin(file, source)),
  );
  const masks = wanted.map(async (file) => ({ target: inside(file), directory: (await lstat(file)).isDirectory() }));
  return {
    mounts: [
      bind(root, TMP, false),
      ...(await Promise.all(masks)).map(cover),
      ...sockets.map((socket) => cover({ target: inside(socket), directory: false })),
    ],
    tmpfs: Object.fromEntries(dirs.map((dir) => [inside(dir.path), ownDir(dir)])),
  };
}

/** Whether it lies in /tmp, and in nothing else that is covered. */
function isOutermost(file: string, { root, hidden }: { root: string; hidden: string[] }): boolean {
  if (file === root || !isWithin(file, root)) return false;
  return !hidden.some((other) => other !== file && isWithin(file, other));
}

function ownDir({ mode, uid, gid }: SocketDir): string {
  return `rw,nosuid,nodev,size=${SIZE},mode=${mode.toString(8)},uid=${uid},gid=${gid}`;
}
