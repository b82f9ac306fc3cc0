import { setTimeout as delay } from 'node:timers/promises';
import { REASON } from '../../../api/conditions.ts';
import { RetryError } from '../../../errors/reconcile-errors.ts';
import type { Container, ContainerSpec } from '../driver.ts';
import { claimStart } from './claim.ts';
import { createSandboxes } from './containers.ts';
import type { Context } from './context.ts';
import { nameTaken } from './errors.ts';
import { sandboxFiles } from './files.ts';
import type { SandboxFiles } from './files.ts';
import { livenessOf } from './liveness.ts';
import { readRecord } from './record.ts';
import type { SandboxRecord } from './record.ts';
import { removeSandbox } from './remove.ts';
import { checkSources } from './sources.ts';
import { startSandbox } from './start.ts';

/** Milliseconds in which another process has to be done with starting the same one. */
const PATIENCE = 60_000;
const LOOK_AGAIN = 50;

/** See ContainerDriver.ensure. */
export async function ensureSandbox(context: Context, spec: ContainerSpec): Promise<Container> {
  const files = sandboxFiles(context.dir, spec.owner.uid);
  const deadline = performance.now() + PATIENCE;
  while (!(await isUp(context, files, spec))) {
    if (await makeUp(context, files, spec)) break;
    if (performance.now() > deadline) {
      throw new RetryError(REASON.containerFailed, `another process has been starting ${spec.name} for a minute`);
    }
    await delay(LOOK_AGAIN);
  }
  const container = await createSandboxes(context.dir, context.install).byUid(spec.owner.uid);
  if (!container) throw new RetryError(REASON.containerFailed, 'the sandbox was removed while it started');
  return container;
}

/** Whether it runs, is as the spec says, and was started to the end. @throws StalledError NameTaken */
async function isUp(context: Context, files: SandboxFiles, spec: ContainerSpec): Promise<boolean> {
  const record = await ownRecord(context, files);
  return record?.specHash === spec.specHash && (await livenessOf(files)).state === 'running';
}

/** @returns false when another process is at it */
async function makeUp(context: Context, files: SandboxFiles, spec: ContainerSpec): Promise<boolean> {
  const login = await context.env();
  // Before anything is made, and before anything is ended for it.
  const sources = await checkSources(spec, { dir: context.dir, masked: context.masked, env: login });
  const release = await claimStart(files.claim);
  if (!release) return false;
  try {
    if (await isUp(context, files, spec)) return true;
    let record = await ownRecord(context, files);
    if (record && record.specHash !== spec.specHash) {
      await removeSandbox(context, spec.owner.uid);
      record = undefined;
    }
    await startSandbox(context, { spec, files, sources, login, record });
    return true;
  } finally {
    await release();
  }
}

async function ownRecord(context: Context, files: SandboxFiles): Promise<SandboxRecord | undefined> {
  const record = await readRecord(files);
  if (record && record.install !== context.install) throw nameTaken(record, files.dir);
  return record;
}
