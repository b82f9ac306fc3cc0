import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import type { UnsavedWork } from '../driver.ts';
import type { Git, GitOptions } from './command.ts';
import { exists, undefinedIfGone } from './files.ts';
import { isMadeByTools } from './ignored.ts';
import { readLocalHistory } from './local-commits.ts';
import { readRepo } from './observe.ts';
import type { Reading } from './observe.ts';
import { parseStatus } from './status.ts';

const TIMEOUT = 5 * 60_000;
const MAX_OUTPUT = 256 * 1024 * 1024;

interface Counts {
  files: number;
  stashes: number;
  commits: number;
  /** Other worktrees, made by hand, that need this repo. */
  worktrees: number;
}

const NOTHING: Counts = { files: 0, stashes: 0, commits: 0, worktrees: 0 };

/** Also counts what is in submodules. What git cannot read counts as unsaved, whatever it is. */
export async function findUnsaved(reading: Reading, dir: string): Promise<UnsavedWork> {
  const found = await readRepo(dir, () => countIn(reading, dir));
  if (!('kind' in found)) return summed(found);
  if (found.kind === 'missing') return summed(NOTHING);
  return { files: 0, stashes: 0, commits: 0, summary: `files that git does not know of (${found.reason})` };
}

async function countIn(reading: Reading, dir: string): Promise<Counts> {
  const { git, readConfig } = reading;
  const { guards } = await readConfig(dir);
  const options = { dir, readOnly: true, timeout: TIMEOUT, maxOutput: MAX_OUTPUT, settings: guards };
  const { files, head } = await countFiles(git, options);
  const history = await readLocalHistory(git, options, head);
  const stashes = history.stashes + (await countAutostashes(dir));
  const own = { files, stashes, commits: history.commits, worktrees: await countWorktrees(dir) };
  const inner = (await submodules(git, options)).map((submodule) => countSubmodule(reading, submodule));
  return (await Promise.all(inner)).reduce(plus, own);
}

/** Without a look into submodules: git would run it with their config. They are looked at one by one instead. */
async function countFiles(git: Git, options: GitOptions): Promise<{ files: number; head: string | undefined }> {
  const { stdout } = await git(
    [
      'status',
      '--porcelain=v2',
      '--branch',
      '-z',
      '--no-renames',
      '--untracked-files=all',
      '--ignored=matching',
      '--ignore-submodules=dirty',
    ],
    options,
  );
  const { head, changed, ignored } = parseStatus(stdout);
  return { head, files: changed.length + ignored.filter((entry) => !isMadeByTools(entry)).length };
}

/** Changes that an unfinished rebase or merge has put aside. */
async function countAutostashes(dir: string): Promise<number> {
  const places = ['rebase-merge/autostash', 'rebase-apply/autostash', 'MERGE_AUTOSTASH'];
  const found = await Promise.all(places.map((place) => exists(path.join(dir, '.git', place))));
  return found.filter(Boolean).length;
}

async function countWorktrees(dir: string): Promise<number> {
  const directory = path.join(dir, '.git', 'worktrees');
  const names = await readdir(directory).catch(undefinedIfGone);
  const alive = await Promise.all((names ?? []).map((name) => isWorktree(path.join(directory, name))));
  return alive.filter(Boolean).length;
}

async function isWorktree(admin: string): Promise<boolean> {
  const pointer = await readFile(path.join(admin, 'gitdir'), 'utf8').catch(undefinedIfGone);
  return pointer !== undefined && (await exists(pointer.trim()));
}

async function submodules(git: Git, options: GitOptions & { dir: string }): Promise<string[]> {
  if (!(await exists(path.join(options.dir, '.gitmodules')))) return [];
  const { stdout } = await git(['ls-files', '--stage', '-z'], options);
  const paths = stdout.split('\0').filter((line) => line.startsWith('160000 '));
  return paths.map((line) => path.join(options.dir, line.slice(line.indexOf('\t') + 1)));
}

/** One that was never checked out is an empty directory. */
async function countSubmodule(reading: Reading, dir: string): Promise<Counts> {
  if (!(await exists(path.join(dir, '.git')))) return NOTHING;
  return countIn(reading, dir);
}

function plus(one: Counts, other: Counts): Counts {
  return {
    files: one.files + other.files,
    stashes: one.stashes + other.stashes,
    commits: one.commits + other.commits,
    worktrees: one.worktrees + other.worktrees,
  };
}

function summed({ worktrees, ...counts }: Counts): UnsavedWork {
  const parts = [
    numbered(counts.files, 'changed file', 'changed files'),
    numbered(counts.stashes, 'stash', 'stashes'),
    numbered(counts.commits, 'unpushed commit', 'unpushed commits'),
    numbered(worktrees, 'linked worktree', 'linked worktrees'),
  ].filter((part) => part !== '');
  const last = parts.pop() ?? '';
  return { ...counts, summary: parts.length === 0 ? last : `${parts.join(', ')} and ${last}` };
}

function numbered(count: number, one: string, many: string): string {
  return count === 0 ? '' : `${count} ${count === 1 ? one : many}`;
}
