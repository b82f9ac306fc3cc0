import { releaseOutside } from './context.ts';
import type { Context } from './context.ts';
import { endSandbox } from './end-sandbox.ts';
import { isPlain, sandboxFiles } from './files.ts';
import type { SandboxFiles } from './files.ts';
import { livenessOf } from './liveness.ts';
import { readRecord } from './record.ts';
import { removeSandboxDir } from './remove-tree.ts';

/** See ContainerDriver.stop. */
export async function stopSandbox(context: Context, uid: string): Promise<void> {
  const files = await ownFiles(context, uid);
  if (!files) return;
  await endSandbox(files);
  await releaseOutside(context, files, uid);
}

/** See ContainerDriver.remove. */
export async function removeSandbox(context: Context, uid: string): Promise<void> {
  const files = await ownFiles(context, uid);
  if (!files) return;
  await endSandbox(files);
  await releaseOutside(context, files, uid);
  await removeSandboxDir(files);
}

/** Takes away what a sandbox that has ended by itself still has outside. */
export async function tidySandbox(context: Context, uid: string): Promise<void> {
  const files = await ownFiles(context, uid);
  if (files && (await livenessOf(files)).state === 'ended') await releaseOutside(context, files, uid);
}

/** Of a sandbox of this install, if there is one. */
async function ownFiles(context: Context, uid: string): Promise<SandboxFiles | undefined> {
  if (!isPlain(uid)) return undefined;
  const files = sandboxFiles(context.dir, uid);
  return (await readRecord(files))?.install === context.install ? files : undefined;
}
