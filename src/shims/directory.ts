import { createHash } from 'node:crypto';
import { mkdir, readFile, readdir, readlink, realpath, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { REASON } from '../api/conditions.ts';
import { commandSocket, shimsDir } from '../config/paths.ts';
import type { Paths } from '../config/paths.ts';
import { RetryError, WaitingError } from '../errors/reconcile-errors.ts';
import { createKeyedLock } from '../exec/keyed-lock.ts';
import { CommandError, lastLine, run } from '../exec/run.ts';
import { paneEnvironment } from './pane-environment.ts';
import { INDEX_FILE, renderIndex } from './index-file.ts';
import { PERL, PERL_OPTIONS } from './perl.ts';
import type { Shims, ShimsSpec } from './shims.ts';
import { ROUTING_TABLE } from './table.ts';
import { WORKSPACE_FILE, renderWorkspaceFile, valueIn } from './workspace-file.ts';
import type { WorkspaceFile } from './workspace-file.ts';

export interface ShimsOptions {
  paths: Pick<Paths, 'shims' | 'guests' | 'daemonLog'>;
  /** Where shim.pl and the others lie. */
  lib: string;
  /** Program and arguments that run the `dual` CLI. */
  dual: readonly string[];
  /** The login shell's environment. */
  env: () => Promise<Record<string, string>>;
}

/** Says for what the links were made last; written when they are there. */
const STAMP_FILE = 'stamp';
/** Exit code of refresh.pl when the machine does not answer. */
const UNAVAILABLE = 75;
/** Milliseconds. */
const REFRESH_TIMEOUT = 60_000;
const RETRY_AFTER = 1_000;

/** A directory of links below `<state>/shims` for each Workspace. */
export function createShims({ paths, lib, dual, env }: ShimsOptions): Shims {
  const shim = path.join(lib, 'shim.pl');
  const lock = createKeyedLock();
  const dirOf = (uid: string): string => shimsDir(paths, uid);
  return {
    async observe(spec) {
      const dir = dirOf(spec.uid);
      const text = renderWorkspaceFile(await contentFor(spec));
      const [written, stamp, link] = await Promise.all([
        ifThere(readFile(path.join(dir, WORKSPACE_FILE), 'utf8')),
        ifThere(readFile(path.join(dir, STAMP_FILE), 'utf8')),
        // There is one of that name whatever the machine has, unless the project keeps it on the host.
        ifThere(readlink(path.join(dir, 'bin/kill'))),
      ]);
      const isLinked = link === shim || spec.commands.host.includes('kill');
      return written === text && stamp === stampOf(text) && isLinked;
    },
    async ensure(spec) {
      const dir = dirOf(spec.uid);
      const text = renderWorkspaceFile(await contentFor(spec));
      await mkdir(path.join(dir, 'bin'), { recursive: true, mode: 0o700 });
      await writeWhole(path.join(dir, WORKSPACE_FILE), text);
      await writeIndex();
      await refresh(dir);
      await writeWhole(path.join(dir, STAMP_FILE), stampOf(text));
    },
    environment: async (spec) => paneEnvironment({ dir: dirOf(spec.uid), lib, login: await env(), spec }),
    async remove(uid) {
      await rm(dirOf(uid), { recursive: true, force: true });
      await writeIndex();
    },
    async removeAllBut(uids) {
      const kept = new Set(uids.map(dirOf));
      for (const dir of await directories()) if (!kept.has(dir)) await rm(dir, { recursive: true, force: true });
      await writeIndex();
    },
  };

  async function contentFor(spec: ShimsSpec): Promise<WorkspaceFile> {
    const { table, local, stay, agents } = ROUTING_TABLE;
    const visible = await Promise.all(spec.visible.map(realPath));
    return {
      name: spec.workspace,
      worktree: await realPath(spec.worktree),
      socket: commandSocket(paths, spec.uid),
      arch: process.arch,
      // A path that cannot be written down counts as one that the machine does not have.
      visible: visible.filter((dir) => !/[:\n]/.test(dir)),
      ...spec.commands,
      table,
      local,
      stay,
      agents,
      env: Object.keys(spec.env),
      log: paths.daemonLog,
      dual,
      index: path.join(paths.shims, INDEX_FILE),
      shim,
      machine: spec.machine,
    };
  }

  async function refresh(dir: string): Promise<void> {
    try {
      const args = [...PERL_OPTIONS, path.join(lib, 'refresh.pl'), dir];
      await run(PERL, args, { env: await env(), cwd: '/', timeout: REFRESH_TIMEOUT });
    } catch (error) {
      throw explain(error);
    }
  }

  /** From what is there, so that it never names a directory that is gone. One at a time. */
  async function writeIndex(): Promise<void> {
    const release = await lock(paths.shims);
    try {
      const entries = await Promise.all((await directories()).map(entryOf));
      await mkdir(paths.shims, { recursive: true, mode: 0o700 });
      await writeWhole(path.join(paths.shims, INDEX_FILE), renderIndex(entries.flatMap((entry) => entry ?? [])));
    } finally {
      release();
    }
  }

  async function directories(): Promise<string[]> {
    const entries = (await ifThere(readdir(paths.shims, { withFileTypes: true }))) ?? [];
    return entries.filter((entry) => entry.isDirectory()).map(({ name }) => path.join(paths.shims, name));
  }
}

async function entryOf(dir: string): Promise<{ worktree: string; dir: string } | undefined> {
  const text = await ifThere(readFile(path.join(dir, WORKSPACE_FILE), 'utf8'));
  const worktree = text === undefined ? undefined : valueIn(text, 'worktree');
  return worktree === undefined ? undefined : { worktree, dir };
}

function explain(error: unknown): unknown {
  if (!(error instanceof CommandError)) return error;
  const { code, exitCode, stderr } = error;
  if (exitCode === UNAVAILABLE)
    return new WaitingError(
      REASON.starting,
      'the machine does not take commands yet (its image needs perl for that)',
      RETRY_AFTER,
    );
  if (code === 'NotInstalled')
    return new RetryError(REASON.shimsUnavailable, `${PERL} is not there, and routes commands: see dual doctor`);
  const message = `the routed commands cannot be set up: ${lastLine(stderr) || error.message}`;
  return new RetryError(REASON.shimsUnavailable, message, { cause: error });
}

function stampOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** In one step, since commands read it at any time. */
async function writeWhole(file: string, text: string): Promise<void> {
  const temporary = `${file}.new`;
  await writeFile(temporary, text, { mode: 0o600 });
  await rename(temporary, file);
}

/** A mount may be declared before it is there. */
async function realPath(file: string): Promise<string> {
  return (await ifThere(realpath(file))) ?? file;
}

async function ifThere<T>(reading: Promise<T>): Promise<T | undefined> {
  try {
    return await reading;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'EINVAL') return undefined;
    throw error;
  }
}
