import { mkdir } from 'node:fs/promises';
import { REASON } from '../../src/api/conditions.ts';
import { WaitingError } from '../../src/errors/reconcile-errors.ts';
import { containerUpToDate } from './predicates.ts';
import type { StepInput } from './step-input.ts';

/** A guest that has not answered for so many milliseconds will not do so by itself any more. */
const GUEST_PATIENCE_MS = 30_000;

/** Makes and starts the machine. @throws WaitingError until its guest answers */
export async function ensureContainer({ context, memory, workspace, observation }: StepInput): Promise<void> {
  const { spec, actual, guest } = observation.container!;
  const { uid } = workspace.metadata;
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
    await context.drivers.container.stop(uid);
    delete memory.silentSince;
  }
  await mkdir(spec.guestDir, { recursive: true, mode: 0o700 });
  await context.drivers.container.ensure(spec);
}
