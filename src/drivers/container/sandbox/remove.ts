import { REASON } from '../../../api/conditions.ts';
import { RetryError } from '../../../errors/reconcile-errors.ts';
import { claimStart } from './claim.ts';
import { releaseOutside } from './context.ts';
import type { Context } from './context.ts';
import { endSandbox } from './end-sandbox.ts';
import { isPlain, sandboxFiles } from './files.ts';
import type { SandboxFiles } from './files.ts';
import { livenessOf } from './liveness.ts';
import { isThere } from './read-file.ts';
import { readRecord } from './record.ts';
import type { SandboxRecord } from './record.ts';
import { removeSandboxDir, removeTree } from './remove-tree.ts';

/** See ContainerDriver.stop. */
export async function stopSandbox(context: Context, uid: string): Promise<void> {
  const own = await ownSandbox(context, uid);
  if (own) await end(context, own.files, uid);
}

/** See ContainerDriver.remove. */
export async function removeSandbox(context: Context, uid: string): Promise<void> {
  const own = await ownSandbox(context, uid);
  if (!own) return;
  const { files, record } = own;
  if (!record) return removeRemains(context, files, uid);
  await end(context, files, uid);
  await removeTree(record.guestDir);
  await removeSandboxDir(files);
}

/** What is left when the record is lost or damaged, which may still run. Not what somebody is just making. */
async function removeRemains(context: Context, files: SandboxFiles, uid: string): Promise<void> {
  const release = await claimStart(files.claim);
  if (!release) throw new RetryError(REASON.containerFailed, 'another process is starting it just now');
  try {
    await end(context, files, uid);
    await removeSandboxDir(files);
  } finally {
    await release();
  }
}

/** Takes away what a sandbox that has ended by itself still has outside. */
export async function tidySandbox(context: Context, uid: string): Promise<void> {
  const own = await ownSandbox(context, uid);
  if (own && (await livenessOf(own.files)).state === 'ended') await releaseOutside(context, own.files, uid);
}

async function end(context: Context, files: SandboxFiles, uid: string): Promise<void> {
  await endSandbox(files);
  await releaseOutside(context, files, uid);
}

/** Of this install, or of none that its files still tell; undefined when there is nothing. */
async function ownSandbox(
  { dir, install }: Context,
  uid: string,
): Promise<{ files: SandboxFiles; record: SandboxRecord | undefined } | undefined> {
  if (!isPlain(uid)) return undefined;
  const files = sandboxFiles(dir, uid);
  const record = await readRecord(files);
  if (record ? record.install !== install : !(await isThere(files.dir))) return undefined;
  return { files, record };
}
