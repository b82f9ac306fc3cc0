import { realpath } from 'node:fs/promises';
import path from 'node:path';
import { workspaceTmpDir } from '../../../config/paths.ts';
import type { ContainerSpec } from '../driver.ts';
import { listeningSockets } from '../listening-sockets.ts';
import { isWithin } from '../mount-rules.ts';
import { findSockets } from './find-sockets.ts';
import { isDead } from './is-dead.ts';
import { makeSocketDirs, socketDirs } from './socket-dirs.ts';
import type { SocketDir } from './socket-dirs.ts';

/** What of the host's /tmp a machine that shares it must not reach. */
export interface TmpCovers {
  /** The host's /tmp, without links; all else is below. */
  root: string;
  /** A machine has an empty directory of its own in the place of each. */
  dirs: SocketDir[];
  /** Those in other places. */
  sockets: string[];
}

/**
 * Looks for it, and makes the directories of sockets that have to be there. Undefined where the machine has a /tmp of its own.
 * @param apart what is seen inside whatever it holds, or is covered as a whole; without links
 */
export async function findTmpCovers(
  { tmp, owner, user }: Pick<ContainerSpec, 'tmp' | 'owner' | 'user'>,
  apart: string[],
): Promise<TmpCovers | undefined> {
  if (tmp === 'private') return undefined;
  const root = await realpath('/tmp');
  await makeSocketDirs(root, user.uid);
  const own = path.join(root, path.basename(workspaceTmpDir(owner.uid)));
  const dirs = (await socketDirs(root)).filter((dir) => dir.path !== own);
  const places = [...apart, ...dirs.map((dir) => dir.path)];
  const listening = (await listeningSockets()).filter((file) => isWithin(file, root));
  const alive = new Set(listening.filter((file) => !places.some((place) => isWithin(file, place))));
  // What lies dead in its own directory is its own, and its next process of the same number needs the name.
  const others = (await findSockets(root, [...places, own])).filter((file) => !alive.has(file));
  for (const file of others) if (!(await isDead(file))) alive.add(file);
  return { root, dirs, sockets: [...alive] };
}
