import { mkdir } from 'node:fs/promises';
import { REASON } from '../../src/api/conditions.ts';
import type { Workspace } from '../../src/api/types.ts';
import { workspaceTmpDir } from '../../src/config/paths.ts';
import { WaitingError } from '../../src/errors/reconcile-errors.ts';
import type { Container, ContainerDriver } from '../../src/drivers/container/driver.ts';
import { containerDriver } from './choose-driver.ts';
import type { WorkspaceContext } from './context.ts';
import { containerUpToDate, machineAnswers } from './predicates.ts';
import type { StepInput } from './step-input.ts';
import { ensureTmpDir } from './tmp-dir.ts';

/** A guest that has not answered for so many milliseconds will not do so by itself any more. */
const GUEST_PATIENCE_MS = 30_000;

/**
 * Makes and starts the machine, and its directory for temporary files.
 * @throws WaitingError until its guest answers  @throws StalledError NameTaken
 */
export async function ensureContainer(input: StepInput): Promise<void> {
  const { context, workspace, observation } = input;
  const { spec, actual } = observation.container!;
  if (spec.tmp === 'shared') await ensureTmpDir(workspaceTmpDir(workspace.metadata.uid), spec.user.uid);
  if (machineAnswers(observation)) return;
  const choice = observation.choice!;
  const driver = containerDriver(context, choice.name);
  if (containerUpToDate(observation) && actual?.running === true) await endSilent(input, driver);
  if (choice.former !== undefined && choice.former !== choice.name)
    await removeFormer(context, workspace, choice.former);
  await mkdir(spec.guestDir, { recursive: true, mode: 0o700 });
  await driver.ensure(spec);
  tellLoss(context, workspace, actual);
}

/** Ends a machine whose guest has been silent for too long. @throws WaitingError as long as it may still answer */
async function endSilent({ context, memory, observation }: StepInput, driver: ContainerDriver): Promise<void> {
  const { spec, guest } = observation.container!;
  const now = context.clock.now();
  if (now - (memory.silentSince ?? now) < GUEST_PATIENCE_MS) {
    throw new WaitingError(REASON.starting, guest.message ?? 'the machine has started and does not answer yet', 5_000);
  }
  context.log.warn(
    { workspace: spec.owner.workspace, guest: guest.message },
    'guest does not answer, starting the machine again',
  );
  await driver.stop(spec.owner.uid);
  delete memory.silentSince;
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
