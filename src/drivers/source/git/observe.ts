import type { BigIntStats } from 'node:fs';
import { lstat, readdir } from 'node:fs/promises';
import path from 'node:path';
import { CommandError } from '../../../exec/run.ts';
import type { CloneObservation } from '../driver.ts';
import type { Git } from './command.ts';
import type { ConfigReader } from './config.ts';
import { foreignOwnerRemedy, isForeignOwner, reasonOf } from './errors.ts';
import type { SourceInspector } from './local-source.ts';
import { redacted } from './remote-url.ts';
import { parseStatus } from './status.ts';

const TIMEOUT = 60_000;

export interface Reading {
  git: Git;
  readConfig: ConfigReader;
  inspectSource: SourceInspector;
}

type Unreadable = Exclude<CloneObservation, { kind: 'clone' }>;

/** Two or three git processes, none of which writes anything. */
export async function observeClone(reading: Reading, dir: string): Promise<CloneObservation> {
  return readRepo(dir, (stat) => readClone(reading, dir, stat));
}

/**
 * Gives what `read` makes of the repo in `dir`, or what else is there. An empty directory counts as missing: nothing is lost by
 * taking its place.
 */
export async function readRepo<T>(dir: string, read: (stat: BigIntStats) => Promise<T>): Promise<T | Unreadable> {
  const found = await lookAt(dir);
  if ('kind' in found) return found;
  try {
    return await read(found);
  } catch (error) {
    if (!(error instanceof CommandError) || error.code === 'NotInstalled') throw error;
    const reason = isForeignOwner(error) ? foreignOwnerRemedy(dir) : `git cannot read it: ${reasonOf(error)}`;
    return { kind: 'foreign', reason };
  }
}

/** What is at that path now, links not followed. */
export async function identify(dir: string): Promise<string | undefined> {
  try {
    return identityOf(await lstat(dir, { bigint: true }));
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return undefined;
    throw error;
  }
}

function identityOf(stat: BigIntStats): string {
  return `${stat.dev}:${stat.ino}`;
}

async function readClone({ git, readConfig }: Reading, dir: string, stat: BigIntStats): Promise<CloneObservation> {
  const { owner, origin, guards } = await readConfig(dir);
  const options = { dir, readOnly: true, timeout: TIMEOUT, settings: guards };
  const [status, unpushed] = await Promise.all([
    git(
      [
        'status',
        '--porcelain=v2',
        '--branch',
        '-z',
        '--no-renames',
        '--untracked-files=normal',
        '--ignore-submodules=dirty',
      ],
      options,
    ),
    git(['rev-list', '--count', '--branches', '--not', '--remotes'], options),
  ]);
  const { head, branch, changed } = parseStatus(status.stdout);
  return {
    kind: 'clone',
    ...(owner === undefined ? {} : { owner }),
    ...(origin === undefined ? {} : { origin: redacted(origin) }),
    ...(head === undefined ? {} : { head }),
    ...(branch === undefined ? {} : { branch }),
    dirty: changed.length > 0,
    unpushed: Number.parseInt(unpushed.stdout, 10),
    identity: identityOf(stat),
  };
}

/** What can be told without git: a repo must be a directory of its own, with its own `.git` in it. */
async function lookAt(dir: string): Promise<BigIntStats | Unreadable> {
  try {
    const stat = await lstat(dir, { bigint: true });
    if (stat.isSymbolicLink()) return foreign('it is a link');
    if (!stat.isDirectory()) return foreign('it is a file');
    return (await lookInside(dir)) ?? stat;
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOENT' || code === 'ENOTDIR') return { kind: 'missing' };
    if (code === 'EACCES' || code === 'EPERM') return foreign('this user may not read it');
    throw error;
  }
}

async function lookInside(dir: string): Promise<Unreadable | undefined> {
  const entries = await readdir(dir);
  if (entries.length === 0) return { kind: 'missing' };
  if (!entries.includes('.git')) return foreign('it is not a git repository');
  const git = await lstat(path.join(dir, '.git'));
  if (!git.isDirectory())
    return foreign('its repository lies elsewhere (.git is not a directory), as with git worktree');
  return undefined;
}

function foreign(reason: string): Unreadable {
  return { kind: 'foreign', reason };
}
