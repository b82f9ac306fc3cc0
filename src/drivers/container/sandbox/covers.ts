import { createHash } from 'node:crypto';
import { lstatSync } from 'node:fs';
import path from 'node:path';
import { realPaths } from '../real-paths.ts';
import type { SocketDir } from '../shared-tmp/socket-dirs.ts';
import type { Cover } from './layout.ts';
import type { Sources } from './sources.ts';

/** A file with nothing in it, in a sandbox's directory. */
export const NOTHING = 'nothing';

/** Directories of the sandbox's own in the place of the host's directories of sockets: empty at each start. */
export const TMP_DIRS = 'tmp-dirs';

/**
 * What a sandbox has of its own in the place of the host's, and what takes the place of that which it must not see: a directory by an
 * empty one, anything else by an empty file. Sources lie in `dir`, the sandbox's directory.
 */
export async function sandboxCovers(dir: string, { hidden, tmp }: Pick<Sources, 'hidden' | 'tmp'>): Promise<Cover[]> {
  const covers = [
    ...(await ownPlaces(dir, tmp?.root)),
    ...hidden.map((target): Cover => ({ kind: 'cover', target, source: emptyFor(dir, target), writable: false })),
    ...(tmp?.dirs ?? []).map((socketDir) => ownSocketDir(dir, socketDir)),
  ];
  return covers.filter(({ target }, index) => covers.findIndex((cover) => cover.target === target) === index);
}

/** @param shared what is the host's inside too, whatever its name */
async function ownPlaces(dir: string, shared: string | undefined): Promise<Cover[]> {
  const own: [file: string, source: string, writable: boolean][] = [
    ['/dev', 'dev', false],
    ['/run', 'run', true],
    // Nearly always a link to /run.
    ['/var/run', 'run', true],
    ['/tmp', 'tmp', true],
    ['/var/tmp', 'var-tmp', true],
  ];
  const covers: Cover[] = [];
  for (const [file, source, writable] of own) {
    const [target] = await realPaths([file]);
    if (target === undefined || target === shared) continue;
    covers.push({ kind: 'cover', target, source: path.join(dir, source), writable });
  }
  return covers;
}

function ownSocketDir(dir: string, { path: target, mode }: SocketDir): Cover {
  return { kind: 'cover', target, source: path.join(dir, TMP_DIRS, nameFor(target)), writable: true, mode };
}

/** A directory of its own for each, since something of the host's may be shown in it. */
function emptyFor(dir: string, target: string): string {
  if (!lstatSync(target).isDirectory()) return path.join(dir, NOTHING);
  return path.join(dir, 'covers', nameFor(target));
}

function nameFor(target: string): string {
  return createHash('sha256').update(target).digest('hex').slice(0, 16);
}
