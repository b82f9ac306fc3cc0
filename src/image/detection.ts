import { REASON } from '../api/conditions.ts';
import { RetryError } from '../errors/reconcile-errors.ts';
import { detectAll, RELEVANT_FILES } from './detect.ts';
import type { RepoFindings } from './detect.ts';
import { UnreadablePackageJson } from './package-json.ts';
import { fingerprint, readRepoFiles } from './read-files.ts';

/**
 * What the files of a worktree ask for. Read and understood only when one of them has changed.
 * @throws StalledError UnknownVersion  @throws RetryError when there is no worktree
 */
export function createDetection(): (worktree: string) => Promise<RepoFindings> {
  const seen = new Map<string, { fingerprint: string; findings: RepoFindings }>();
  return async (worktree) => {
    const current = await fingerprint(worktree, RELEVANT_FILES);
    const last = seen.get(worktree);
    if (last?.fingerprint === current) return last.findings;
    try {
      const findings = detectAll(await readRepoFiles(worktree, RELEVANT_FILES));
      seen.set(worktree, { fingerprint: current, findings });
      return findings;
    } catch (error) {
      // Half-written, or in the middle of a merge: what it said before holds until it can be read again.
      if (error instanceof UnreadablePackageJson && last) return last.findings;
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') throw worktreeGone(worktree, error);
      throw error;
    }
  };
}

function worktreeGone(worktree: string, cause: unknown): Error {
  return new RetryError(REASON.unknownVersion, `${worktree} is not there, so what it needs is unknown`, { cause });
}
