import { CommandError } from '../../../exec/run.ts';
import type { Git, GitOptions, Setting } from './command.ts';

const DEFAULT_BRANCHES = ['refs/remotes/origin/HEAD', 'refs/remotes/origin/main', 'refs/remotes/origin/master'];

/** Whose commit the comparison is made with: it is never on any branch. */
const IDENTITY: readonly Setting[] = [
  ['user.name', 'dual'],
  ['user.email', 'dual@localhost'],
];

export interface MergeCheck {
  git: Git;
  options: GitOptions;
  /** The default branch of the remote, as last fetched. */
  base: string;
}

/** Undefined when the remote's default branch is not known. */
export function defaultBranchOf(refs: ReadonlySet<string>): string | undefined {
  return DEFAULT_BRANCHES.find((ref) => refs.has(ref));
}

/**
 * Whether everything that leads to `tip` is in the remote's default branch under other commit ids: each commit by itself (rebased),
 * or all of them as one (squashed). In doubt it is not.
 */
export async function isMergedOtherwise(check: MergeCheck, tip: string): Promise<boolean> {
  try {
    if (await hasEquivalents(check, tip)) return true;
    const squashed = await squash(check, tip);
    return squashed !== undefined && (await hasEquivalents(check, squashed));
  } catch (error) {
    if (error instanceof CommandError && error.code === 'Failed') return false;
    throw error;
  }
}

/** Git compares the changes, not the ids. A merge commit has no equivalent. */
async function hasEquivalents({ git, options, base }: MergeCheck, tip: string): Promise<boolean> {
  const args = ['rev-list', '--count', '--cherry-pick', '--right-only', `${base}...${tip}`, '--'];
  return (await git(args, options)).stdout.trim() === '0';
}

/** One commit with the changes of all. Undefined when there are none in sum, which would be equivalent to anything. */
async function squash({ git, options, base }: MergeCheck, tip: string): Promise<string | undefined> {
  const fork = (await git(['merge-base', base, tip], options)).stdout.trim();
  const changes = await git(['diff-tree', '--quiet', fork, tip, '--'], { ...options, accept: [0, 1] });
  if (changes.exitCode === 0) return undefined;
  const made = await git(['commit-tree', `${tip}^{tree}`, '-p', fork, '-m', 'squashed'], {
    ...options,
    settings: [...(options.settings ?? []), ...IDENTITY],
  });
  return made.stdout.trim();
}
