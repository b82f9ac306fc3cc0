import { mkdir } from 'node:fs/promises';
import { REASON } from '../../src/api/conditions.ts';
import type { Workspace } from '../../src/api/types.ts';
import { WaitingError } from '../../src/errors/reconcile-errors.ts';
import type { Container } from '../../src/drivers/container/driver.ts';
import { containerDriver } from './choose-driver.ts';
import type { WorkspaceContext } from './context.ts';
import { containerUpToDate } from './predicates.ts';
import type { StepInput } from './step-input.ts';

/** A guest that has not answered for so many milliseconds will not do so by itself any more. */
const GUEST_PATIENCE_MS = 30_000;

/** Makes and starts the machine. @throws WaitingError until its guest answers */
export async function ensureContainer({ context, memory, workspace, observation }: StepInput): Promise<void> {
  const { spec, actual, guest } = observation.container!;
  const { uid } = workspace.metadata;
  const choice = observation.choice!;
  const driver = containerDriver(context, choice.name);
  const running = containerUpToDate(observation) && actual?.running === true;
  const now = context.clock.now();
  if (running && now - (memory.silentSince ?? now) < GUEST_PATIENCE_MS) {
    throw new WaitingError(REASON.starting, guest.message ?? 'the machine has started and does not answer yet', 5_000);
  }
  if (running) {
    context.log.warn(
      { workspace: spec.owner.workspace, guest: guest.message },
      'guest does not answer, starting the machine again',
    );
    await driver.stop(uid);
    delete memory.silentSince;
  }
  if (choice.former !== undefined && choice.former !== choice.name)
    await removeFormer(context, workspace, choice.former);
  await mkdir(spec.guestDir, { recursive: true, mode: 0o700 });
  await driver.ensure(spec);
  tellLoss(context, workspace, actual);
}

/** What ran in it is gone, which a person should not find out by what is missing. */
function tellLoss({ api }: WorkspaceContext, workspace: Workspace, before: Container | undefined): void {
  const { phase = '' } = workspace.status ?? {};
  if (before?.running || !['Ready', 'Degraded'].includes(phase)) return;
  const why = before ? (before.error ?? `it had ended with exit code ${before.exitCode ?? 'unknown'}`) : 'it was gone';
  api.recorder.event(workspace, 'Warning', REASON.containerRepaired, `the machine is started again, since ${why}`);
}

/** The machine that another driver made, before the Project named this one. When that driver is away, its machine goes with the orphans. */
async function removeFormer(context: WorkspaceContext, { metadata }: Workspace, name: string): Promise<void> {
  try {
    await containerDriver(context, name).remove(metadata.uid);
  } catch (error) {
    context.log.warn({ workspace: metadata.name, driver: name, err: error }, 'the former machine is left for later');
  }
}
