import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { KNOWN_REFS } from './clone.ts';
import type { Git, GitOptions } from './command.ts';
import { exists } from './files.ts';
import { defaultBranchOf, isMergedOtherwise } from './squash.ts';

const STASH = 'refs/stash';

export interface LocalHistory {
  stashes: number;
  /** Commits that only local refs lead to, those left out that were merged under other ids. */
  commits: number;
}

/** What only this clone's refs keep: branches, a detached HEAD (linked worktrees' too), the stash, notes, tags that were made here. */
export async function readLocalHistory(
  git: Git,
  options: GitOptions & { dir: string },
  head: string | undefined,
): Promise<LocalHistory> {
  const refs = await readRefs(git, options);
  const stashes = refs.has(STASH) ? await countStashes(git, options) : 0;
  const known = await knownRefs(options.dir);
  const tips = new Set<string>(await worktreeHeads(git, options));
  if (head !== undefined) tips.add(head);
  for (const [name, id] of refs) {
    const isLocal = !name.startsWith('refs/remotes/') && name !== STASH && known.get(name) !== id;
    if (isLocal) tips.add(id);
  }
  return { stashes, commits: await countCommits(git, options, { tips: [...tips], refs: new Set(refs.keys()) }) };
}

async function readRefs(git: Git, options: GitOptions): Promise<Map<string, string>> {
  const { stdout } = await git(['for-each-ref', '--format=%(refname)%00%(objectname)'], options);
  return pairs(stdout.split('\n').map((line) => line.split('\0')));
}

async function countStashes(git: Git, options: GitOptions): Promise<number> {
  const { stdout } = await git(['rev-list', '--walk-reflogs', '--count', STASH, '--'], options);
  return Number.parseInt(stdout, 10);
}

/** The commits checked out in linked worktrees. */
async function worktreeHeads(git: Git, options: GitOptions & { dir: string }): Promise<string[]> {
  if (!(await exists(path.join(options.dir, '.git', 'worktrees')))) return [];
  const { stdout } = await git(['worktree', 'list', '--porcelain'], options);
  return [...stdout.matchAll(/^HEAD ([0-9a-f]+)$/gm)].map((match) => match[1] ?? '').filter((id) => !/^0*$/.test(id));
}

/** Refs that came with the clone: `packed-refs` as it was then. None for a repo that Dual did not make: then all of them count. */
async function knownRefs(dir: string): Promise<Map<string, string>> {
  try {
    const text = await readFile(path.join(dir, '.git', KNOWN_REFS), 'utf8');
    return pairs(text.split('\n').map((line) => line.split(' ').reverse()));
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return new Map();
    throw error;
  }
}

async function countCommits(
  git: Git,
  options: GitOptions,
  local: { tips: string[]; refs: ReadonlySet<string> },
): Promise<number> {
  const unsaved: string[] = [];
  const base = defaultBranchOf(local.refs);
  for (const tip of local.tips) {
    if ((await countUnpushed(git, options, [tip])) === 0) continue;
    if (base !== undefined && (await isMergedOtherwise({ git, options, base }, tip))) continue;
    unsaved.push(tip);
  }
  return unsaved.length === 0 ? 0 : countUnpushed(git, options, unsaved);
}

async function countUnpushed(git: Git, options: GitOptions, tips: string[]): Promise<number> {
  const { stdout } = await git(['rev-list', '--count', ...tips, '--not', '--remotes', '--'], options);
  return Number.parseInt(stdout, 10);
}

function pairs(lines: string[][]): Map<string, string> {
  return new Map(lines.flatMap(([name, id]): [string, string][] => (name && id ? [[name, id]] : [])));
}
