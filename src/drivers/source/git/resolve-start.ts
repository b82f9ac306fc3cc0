import { REASON } from '../../../api/conditions.ts';
import { StalledError } from '../../../errors/reconcile-errors.ts';
import { CommandError } from '../../../exec/run.ts';
import type { Cloning } from './clone.ts';
import { isBranchName, isCommitId } from './names.ts';
import { redacted } from './remote-url.ts';

type Resolved = { kind: 'new'; ref: string } | { kind: 'unborn' };

const NOT_THERE = /couldn't find remote ref|unadvertised object|not our ref|invalid refspec|no such remote ref/i;

/** Looks further where the refs that were cloned do not tell. @throws StalledError StartPointNotFound */
export async function resolveStart(cloning: Cloning, from: string | undefined): Promise<Resolved> {
  if (await isEmpty(cloning)) {
    if (from === undefined || from === cloning.request.branch) return { kind: 'unborn' };
    throw notFound(cloning, from);
  }
  if (from === undefined) return resolveHead(cloning);
  if (isCommitId(from)) {
    const commit = await commitOf(cloning, from);
    if (commit !== undefined) return { kind: 'new', ref: commit };
  }
  if (!isCommitId(from) && !isBranchName(from)) throw notFound(cloning, from);
  return fetchStart(cloning, from);
}

async function isEmpty({ git, target, run }: Cloning): Promise<boolean> {
  const refs = await git(['-C', target, 'for-each-ref', '--count=1'], run);
  return refs.stdout === '' && (await headOf(git, target)) === undefined;
}

/** A source whose HEAD is a commit and no branch. */
async function resolveHead(cloning: Cloning): Promise<Resolved> {
  const head = await headOf(cloning.git, cloning.target);
  if (head !== undefined) return { kind: 'new', ref: head };
  const message = `${nameOf(cloning)} has no default branch to start ${cloning.request.branch} from; set spec.from to a branch, tag or commit`;
  throw new StalledError(REASON.startPointNotFound, message);
}

async function headOf(git: Cloning['git'], target: string): Promise<string | undefined> {
  return verified(git, target, 'HEAD^{commit}');
}

async function commitOf({ git, target }: Cloning, id: string): Promise<string | undefined> {
  return verified(git, target, `${id}^{commit}`);
}

async function verified(git: Cloning['git'], target: string, revision: string): Promise<string | undefined> {
  const args = ['-C', target, 'rev-parse', '--verify', '--quiet', '--end-of-options', revision];
  const { exitCode, stdout } = await git(args, { accept: [0, 1, 128], readOnly: true });
  return exitCode === 0 ? stdout.trim() : undefined;
}

/** A commit or ref that is not cloned by itself: older than the depth, or outside of branches and tags. */
async function fetchStart(cloning: Cloning, from: string): Promise<Resolved> {
  const { git, request, target, source, run } = cloning;
  const depth = request.source.depth > 0 ? [`--depth=${request.source.depth}`] : [];
  try {
    await git(['-C', target, 'fetch', '--no-tags', '--progress', ...depth, '--', source, from], run);
  } catch (error) {
    if (!(error instanceof CommandError) || !NOT_THERE.test(error.stderr)) throw error;
    throw notFound(cloning, from, error);
  }
  const commit = await verified(git, target, 'FETCH_HEAD^{commit}');
  if (commit === undefined) throw notFound(cloning, from);
  return { kind: 'new', ref: commit };
}

function notFound(cloning: Cloning, from: string, cause?: unknown): StalledError {
  const message = `branch ${cloning.request.branch} is new, and "${from}", where it should start, is no branch, tag or commit of ${nameOf(cloning)}; correct spec.from`;
  return new StalledError(REASON.startPointNotFound, message, { cause });
}

function nameOf(cloning: Cloning): string {
  return redacted(cloning.source);
}
