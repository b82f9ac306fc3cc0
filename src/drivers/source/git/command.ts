import path from 'node:path';
import { run } from '../../../exec/run.ts';
import type { RunOptions, RunResult } from '../../../exec/run.ts';

/** Name and value of a git setting that holds for one command, above everything that any file says. */
export type Setting = readonly [name: string, value: string];

export interface GitOptions extends Pick<RunOptions, 'accept' | 'signal' | 'timeout' | 'maxOutput' | 'onStderr'> {
  /** The worktree to work in. Its parents are not searched for a repo. */
  dir?: string;
  /** Only looks: takes no locks and reaches nothing outside, not even to fetch what a partial clone lacks. */
  readOnly?: boolean;
  settings?: readonly Setting[];
}

export type Git = (args: readonly string[], options?: GitOptions) => Promise<RunResult>;

/**
 * Nothing that a repo's own config names is run, nobody is asked anything, and a stalled transfer ends. They go in by the
 * environment, so that they hold for what git starts too.
 */
const SETTINGS: readonly Setting[] = [
  ['core.hooksPath', '/dev/null'],
  ['core.fsmonitor', 'false'],
  ['core.pager', 'cat'],
  ['log.showSignature', 'false'],
  ['protocol.ext.allow', 'never'],
  ['gc.auto', '0'],
  ['maintenance.auto', 'false'],
  ['advice.detachedHead', 'false'],
  ['http.lowSpeedLimit', '1000'],
  ['http.lowSpeedTime', '60'],
];

/** A bare repo that was committed into a worktree must not pass for the repo itself. */
const WORKTREE_SETTINGS: readonly Setting[] = [['safe.bareRepository', 'explicit']];

/** What git sets for its own children: inherited from a hook, it would point at another repo. */
const NOT_INHERITED = new Set([
  'GIT_DIR',
  'GIT_WORK_TREE',
  'GIT_INDEX_FILE',
  'GIT_OBJECT_DIRECTORY',
  'GIT_ALTERNATE_OBJECT_DIRECTORIES',
  'GIT_COMMON_DIR',
  'GIT_NAMESPACE',
  'GIT_PREFIX',
  'GIT_CONFIG_PARAMETERS',
  'GIT_SHALLOW_FILE',
  'GIT_GRAFT_FILE',
  'GIT_IMPLICIT_WORK_TREE',
  'GIT_INTERNAL_SUPER_PREFIX',
  'GIT_QUARANTINE_PATH',
]);

export function createGit(env: () => Promise<Record<string, string>>): Git {
  return async (args, options = {}) => {
    const { dir, readOnly: _readOnly, settings: _settings, ...rest } = options;
    return run('git', [...(dir === undefined ? [] : ['-C', dir]), ...args], {
      ...rest,
      env: gitEnv(await env(), options),
    });
  };
}

function gitEnv(base: Record<string, string>, options: GitOptions): Record<string, string> {
  const inherited = Object.entries(base).filter(([name]) => !NOT_INHERITED.has(name));
  return withSettings(
    {
      ...Object.fromEntries(inherited),
      LC_ALL: 'C',
      GIT_TERMINAL_PROMPT: '0',
      GIT_ASKPASS: '',
      SSH_ASKPASS: '',
      SSH_ASKPASS_REQUIRE: 'never',
      ...(options.dir === undefined ? {} : worktreeEnv(options.dir)),
      ...(options.readOnly ? { GIT_OPTIONAL_LOCKS: '0', GIT_ALLOW_PROTOCOL: 'none', GIT_NO_LAZY_FETCH: '1' } : {}),
    },
    [...SETTINGS, ...(options.dir === undefined ? [] : WORKTREE_SETTINGS), ...(options.settings ?? [])],
  );
}

/** `core.worktree` in the repo's config may name any directory: this one is meant. */
function worktreeEnv(dir: string): Record<string, string> {
  return { GIT_WORK_TREE: dir, GIT_CEILING_DIRECTORIES: path.dirname(dir) };
}

/** Comes after settings that the user's own environment may hold already. */
function withSettings(env: Record<string, string>, settings: readonly Setting[]): Record<string, string> {
  const first = Number.parseInt(env['GIT_CONFIG_COUNT'] ?? '0', 10) || 0;
  const added = settings.flatMap(([name, value], index) => [
    [`GIT_CONFIG_KEY_${first + index}`, name],
    [`GIT_CONFIG_VALUE_${first + index}`, value],
  ]);
  return { ...env, ...Object.fromEntries(added), GIT_CONFIG_COUNT: String(first + settings.length) };
}
