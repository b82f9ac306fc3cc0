import { copyFile, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { CloneOptions, CloneRequest } from '../driver.ts';
import type { GitOptions } from './command.ts';
import { OWNER_KEY } from './config.ts';
import { branchOf } from './local-source.ts';
import type { LocalSource } from './local-source.ts';
import type { Reading } from './observe.ts';
import { progressLines } from './progress.ts';
import { resolveStart } from './resolve-start.ts';
import { chooseStart, parseRefs, REF_FORMAT, REMOTE } from './start-point.ts';
import type { StartPoint } from './start-point.ts';

/** The refs that came with the clone, kept in its `.git`: what is in there is not this clone's own work. */
export const KNOWN_REFS = 'dual-known-refs';

/** What all steps of one clone share. */
export interface Cloning {
  git: Reading['git'];
  inspectSource: Reading['inspectSource'];
  request: CloneRequest;
  /** Where it is made. */
  target: string;
  /** What to fetch from. */
  source: string;
  run: GitOptions;
}

/** Makes a whole clone at `target`, which must not be there yet. @throws CommandError, StalledError StartPointNotFound */
export async function makeClone(
  reading: Reading,
  request: CloneRequest,
  target: string,
  options: CloneOptions,
): Promise<void> {
  const run = { signal: options.signal, onStderr: progressLines(options.onProgress) };
  const { url, path: local } = request.source;
  const cloning = { ...reading, request, target, source: url ?? local ?? '', run };
  await (url === undefined ? cloneLocal(cloning) : cloneRemote(cloning));
  if (request.source.submodules) await updateSubmodules(cloning);
  await keepKnownRefs(target);
}

async function cloneRemote(cloning: Cloning): Promise<void> {
  const { git, request, target, run } = cloning;
  await git([...cloneArgs(cloning), '--no-checkout', '--', cloning.source, target], run);
  const patterns = ['refs/remotes/origin', ...(request.from === undefined ? [] : ['refs/tags'])];
  const refs = await git(['-C', target, 'for-each-ref', `--format=${REF_FORMAT}`, ...patterns], run);
  await checkOut(cloning, chooseStart(parseRefs(refs.stdout), request));
}

/**
 * A plain path makes git use hard links where it can, and copies where it cannot (another device). `--local` would say the same,
 * but then git fails where it cannot. `--dissociate`: a source that borrows objects from a third repo lends none of those.
 */
async function cloneLocal(cloning: Cloning): Promise<void> {
  const { git, request, target, run } = cloning;
  const source = await cloning.inspectSource({ path: cloning.source, ...fromOf(request) });
  const start = chooseStart(source.refs, request);
  const branch = plainBranch(source, start);
  const whole = start.kind === 'existing' && branch !== undefined;
  const mode = request.source.depth > 0 ? '--no-local' : '--dissociate';
  await git(
    [
      ...cloneArgs(cloning),
      mode,
      ...(whole ? [] : ['--no-checkout']),
      ...(branch === undefined ? [] : [`--branch=${branch}`]),
      '--',
      source.path,
      target,
    ],
    run,
  );
  await setOrigin(target, source);
  await adjustRemoteRefs(cloning, source, start);
  if (!whole) await checkOut(cloning, start);
}

function cloneArgs(cloning: Cloning): string[] {
  const { depth } = cloning.request.source;
  return [
    'clone',
    '--progress',
    `--config=${OWNER_KEY}=${cloning.request.workspace}`,
    ...(depth > 0 ? [`--depth=${depth}`, '--no-single-branch'] : []),
  ];
}

/** The branch of the source that a plain clone can start on. */
function plainBranch(source: LocalSource, start: StartPoint): string | undefined {
  return start.kind === 'unresolved' || source.extra.has(start.ref) ? undefined : branchOf(start.ref);
}

/** Written into the file rather than by `git config`, since a remote's URL may hold a token, which no argument may show. */
async function setOrigin(target: string, source: LocalSource): Promise<void> {
  if (source.origin === source.path) return;
  const file = path.join(target, '.git', 'config');
  const config = await readFile(file, 'utf8');
  const quoted = source.origin.replace(/[\\"]/g, '\\$&').replaceAll('\n', '\\n');
  await writeFile(
    file,
    config.replace(/^(\[remote "origin"\]\n(?:\t.*\n)*?\turl = ).*$/m, (_match, head: string) => `${head}"${quoted}"`),
  );
}

/** Brings what only the source's remote has and this clone needs, and names the remote's default branch, not the source's current one. */
async function adjustRemoteRefs(cloning: Cloning, source: LocalSource, start: StartPoint): Promise<void> {
  const { git, target, run } = cloning;
  const standard = source.refs.get(`${REMOTE}HEAD`)?.target;
  const needed = new Set([start.kind === 'unresolved' ? undefined : start.ref, standard]);
  const refspecs = [...source.extra].filter(([ref]) => needed.has(ref)).map(([ref, name]) => `+${name}:${ref}`);
  if (refspecs.length > 0) {
    await git(['-C', target, 'fetch', '--no-tags', '--quiet', '--', source.path, ...refspecs], run);
  }
  if (standard !== undefined && source.refs.get(standard)?.current !== true) {
    await git(['-C', target, 'symbolic-ref', `${REMOTE}HEAD`, standard], run);
  }
}

async function checkOut(cloning: Cloning, chosen: StartPoint): Promise<void> {
  const { git, request, target, run } = cloning;
  const start = chosen.kind === 'unresolved' ? await resolveStart(cloning, chosen.from) : chosen;
  if (start.kind === 'unborn') {
    await git(['-C', target, 'symbolic-ref', 'HEAD', `refs/heads/${request.branch}`], run);
    return;
  }
  const track = start.kind === 'existing' ? '--track' : '--no-track';
  await git(['-C', target, 'checkout', '--progress', '-B', request.branch, track, start.ref, '--'], run);
}

async function updateSubmodules({ git, request, target, run }: Cloning): Promise<void> {
  const depth = request.source.depth > 0 ? [`--depth=${request.source.depth}`] : [];
  await git(['-C', target, 'submodule', 'update', '--init', '--recursive', '--progress', ...depth], run);
}

async function keepKnownRefs(target: string): Promise<void> {
  const directory = path.join(target, '.git');
  try {
    await copyFile(path.join(directory, 'packed-refs'), path.join(directory, KNOWN_REFS));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}

function fromOf(request: CloneRequest): { from?: string } {
  return request.from === undefined ? {} : { from: request.from };
}
