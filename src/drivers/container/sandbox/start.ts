import { lstatSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { REASON } from '../../../api/conditions.ts';
import { RetryError } from '../../../errors/reconcile-errors.ts';
import type { ContainerSpec } from '../driver.ts';
import { SOCKET_NAME } from './containers.ts';
import { releaseOutside } from './context.ts';
import type { Context } from './context.ts';
import { killSandbox } from './end-sandbox.ts';
import { lockHeld, nameTaken, startFailure } from './errors.ts';
import type { SandboxFiles } from './files.ts';
import type { NetworkHelper } from './helpers.ts';
import { launch } from './launch.ts';
import { machineEnvironment, ownVariables } from './machine-environment.ts';
import { OVERLAY_REFUSED, standingNotices } from './notices.ts';
import { prepare } from './prepare.ts';
import { readIdentity } from './process-identity.ts';
import { searchPath } from './programs.ts';
import { createRecord } from './record.ts';
import type { SandboxRecord } from './record.ts';
import { removeSandboxDir, removeTree } from './remove-tree.ts';
import { replaceFile } from './replace-file.ts';
import type { Sources } from './sources.ts';

export interface StartInput {
  spec: ContainerSpec;
  files: SandboxFiles;
  sources: Sources;
  /** The user's login environment. */
  login: Record<string, string>;
  /** Of the same spec, when it was made before. */
  record: SandboxRecord | undefined;
}

/** Starts a sandbox that does not run, or is half-made. Leaves nothing behind when it fails. @throws RetryError, StalledError NameTaken */
export async function startSandbox(context: Context, input: StartInput): Promise<void> {
  const { spec, files, record } = input;
  await killSandbox(files);
  await releaseOutside(context, files, spec.owner.uid);
  // What ran in it may have left there what no guest can make its socket in.
  await removeTree(spec.guestDir);
  await mkdir(spec.guestDir, { recursive: true, mode: 0o700 });
  await mkdir(files.dir, { recursive: true, mode: 0o700 });
  const made = record ?? (await createRecord(files, spec, context.install));
  if (made.install !== context.install) throw nameTaken(made, files.dir);
  try {
    await bringUpWithWhatStays(context, input);
  } catch (error) {
    await killSandbox(files);
    await releaseOutside(context, files, spec.owner.uid);
    if (!record) await removeSandboxDir(files);
    throw error;
  }
}

/** A socket of the host's may go between the look at it and the mount over it: what has gone needs no cover any more. */
async function bringUpWithWhatStays(context: Context, input: StartInput): Promise<void> {
  const { files, sources, spec } = input;
  try {
    await bringUp(context, input);
  } catch (error) {
    const left = whatStays(sources);
    if (hiddenCount(left) === hiddenCount(sources)) throw error;
    await killSandbox(files);
    await releaseOutside(context, files, spec.owner.uid);
    await bringUpWithWhatStays(context, { ...input, sources: left });
  }
}

function whatStays(sources: Sources): Sources {
  const isThere = (file: string): boolean => lstatSync(file, { throwIfNoEntry: false }) !== undefined;
  const { hidden, tmp } = sources;
  return {
    ...sources,
    hidden: hidden.filter(isThere),
    tmp: tmp && { ...tmp, dirs: tmp.dirs.filter((dir) => isThere(dir.path)) },
  };
}

function hiddenCount({ hidden, tmp }: Sources): number {
  return hidden.length + (tmp?.dirs.length ?? 0);
}

async function bringUp(context: Context, { spec, files, sources, login }: StartInput): Promise<void> {
  const { root } = context;
  const search = searchPath(login['PATH']);
  const guestRuntime = await context.guestRuntime();
  const network = await context.network.find();
  const grant = await context.limits.grant(spec.owner.uid, spec.resources);
  const helper = 'helper' in network ? network.helper : undefined;
  const lacking = await prepare({ dir: files.dir, spec, sources, guestRuntime, grant, helper, search, root });
  const notices = [
    ...standingNotices(root),
    ...('notice' in network ? [network.notice] : []),
    ...grant.notices,
    ...lacking,
  ];
  const launched = await launch({
    dir: files.dir,
    guestFlags: context.guestFlags,
    env: launchEnvironment(context, { spec, login, search }),
    onExit: () => context.onExit(spec.owner.uid),
  });
  if (launched.outcome === 'locked') throw lockHeld(files.lock);
  if (launched.outcome !== 'ok') throw await startFailure(files, spec.name, context.probe);
  if (launched.words.includes('overlay')) notices.push(OVERLAY_REFUSED);
  await replaceFile(files.notices, JSON.stringify(notices));
  if (helper) await attach(helper, files);
  await writeFile(files.ready, 'ready\n');
}

/**
 * What is for the commands is told to the guest as a whole, so that none of it can steer what runs before them: the scripts, the programs
 * that these call, the guest's own Node. PATH goes apart, since the scripts may have to add to it.
 */
function launchEnvironment(
  { version }: Context,
  { spec, login, search }: { spec: ContainerSpec; login: Record<string, string>; search: string },
): Record<string, string> {
  const { PATH: machinePath = '', ...env } = machineEnvironment(login, spec);
  const guest = { socket: `/run/dual/s/${SOCKET_NAME}`, user: spec.user, version, env, own: ownVariables(spec) };
  return { PATH: search, DUAL_PATH: machinePath, DUAL_GUEST_CONFIG: JSON.stringify(guest) };
}

async function attach(helper: NetworkHelper, files: SandboxFiles): Promise<void> {
  const init = await readIdentity(files.init);
  if (!init) throw new RetryError(REASON.containerFailed, 'the sandbox has ended before it got its network');
  await helper.attach({ pid: init.pid, dir: files.dir });
}
