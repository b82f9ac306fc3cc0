import type { Git } from './command.ts';
import { isBranchName } from './names.ts';
import { absoluteUrl } from './remote-url.ts';
import { parseRefs, REF_FORMAT, REMOTE } from './start-point.ts';
import type { Ref, Refs } from './start-point.ts';

/** A repo on this machine, as far as a clone of it is concerned. */
export interface LocalSource {
  path: string;
  /** What the clone's `origin` becomes: the source's own remote, else the source. */
  origin: string;
  /** As they are named in a clone: the source's branches, and those of its remote that it has no branch for. */
  refs: Refs;
  /** Refs of the clone that a plain clone does not bring, and what they are called in the source. */
  extra: ReadonlyMap<string, string>;
}

export type SourceInspector = (request: { path: string; from?: string }) => Promise<LocalSource>;

/** Who asks the same while an answer is on its way shares it. The inspector throws CommandError when `path` is no repo. */
export function createSourceInspector(git: Git): SourceInspector {
  const underWay = new Map<string, Promise<LocalSource>>();
  return async (request) => {
    const key = JSON.stringify([request.path, request.from]);
    const answer = underWay.get(key) ?? inspectSource(git, request);
    underWay.set(key, answer);
    try {
      return await answer;
    } finally {
      underWay.delete(key);
    }
  };
}

/** Two processes side by side. */
async function inspectSource(git: Git, request: { path: string; from?: string }): Promise<LocalSource> {
  const from = request.from !== undefined && isBranchName(request.from) ? [`refs/tags/${request.from}`] : [];
  const [refs, config] = await Promise.all([
    git(['-C', request.path, 'for-each-ref', `--format=${REF_FORMAT}`, 'refs/heads', 'refs/remotes', ...from]),
    git(['-C', request.path, 'config', '-z', '--get-regexp', '^remote\\..*\\.url$'], { accept: [0, 1] }),
  ]);
  const remote = ownRemote(parseRemotes(config.stdout));
  return {
    path: request.path,
    origin: remote === undefined ? request.path : absoluteUrl(remote.url, request.path),
    ...asCloned(parseRefs(refs.stdout), remote?.name),
  };
}

interface Remote {
  name: string;
  url: string;
}

function parseRemotes(output: string): Remote[] {
  return output.split('\0').flatMap((entry) => {
    const [, name, url] = /^remote\.(.*)\.url\n(.*)$/s.exec(entry) ?? [];
    return name === undefined || url === undefined ? [] : [{ name, url }];
  });
}

/** `origin`, else the only one there is. */
function ownRemote(remotes: Remote[]): Remote | undefined {
  const names = new Set(remotes.map((remote) => remote.name));
  return remotes.find((remote) => remote.name === 'origin') ?? (names.size === 1 ? remotes[0] : undefined);
}

/** Pure: what the refs of a source are called in its clone. */
export function asCloned(source: Refs, remote: string | undefined): Pick<LocalSource, 'refs' | 'extra'> {
  const refs = new Map<string, Ref>();
  const extra = new Map<string, string>();
  for (const [name, ref] of source) {
    if (name.startsWith('refs/heads/')) refs.set(REMOTE + name.slice('refs/heads/'.length), { ...ref, target: '' });
    if (name.startsWith('refs/tags/')) refs.set(name, ref);
  }
  const prefix = `refs/remotes/${remote ?? ''}/`;
  for (const [name, ref] of source) {
    const cloned = REMOTE + name.slice(prefix.length);
    if (!name.startsWith(prefix) || name === `${prefix}HEAD` || refs.has(cloned)) continue;
    refs.set(cloned, ref);
    extra.set(cloned, name);
  }
  const standard = defaultBranch(source, refs, prefix);
  if (standard !== undefined) refs.set(`${REMOTE}HEAD`, { target: standard, current: false });
  return { refs, extra };
}

/** The remote's default branch where the source knows it; what somebody happens to have checked out is only second best. */
function defaultBranch(source: Refs, cloned: Refs, prefix: string): string | undefined {
  const target = source.get(`${prefix}HEAD`)?.target;
  const ofRemote = target?.startsWith(prefix) ? REMOTE + target.slice(prefix.length) : undefined;
  if (ofRemote !== undefined && cloned.has(ofRemote)) return ofRemote;
  return [...cloned].find(([, ref]) => ref.current)?.[0];
}

/** The name of a branch of the clone's remote. */
export function branchOf(ref: string): string | undefined {
  return ref.startsWith(REMOTE) ? ref.slice(REMOTE.length) : undefined;
}
