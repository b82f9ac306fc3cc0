import { REASON } from '../../src/api/conditions.ts';
import { WaitingError } from '../../src/errors/reconcile-errors.ts';
import type { Root } from '../../src/drivers/container/driver.ts';
import type { ImagePlan } from '../../src/image/builder.ts';
import { rethrowFailure } from './failures.ts';
import type { StepInput } from './step-input.ts';

const BEGINNING: Record<Root, string> = { image: 'building the image', host: 'fetching tools' };

/** By the image alone: however many Workspaces ask, it is built once. */
export function imageJobKey(plan: ImagePlan): string {
  return plan.ref;
}

/** Has the image built in the background. @throws WaitingError while it is under way, else what became of it */
export function ensureImage({ context, memory, workspace, observation }: StepInput): Promise<void> {
  const { plan } = observation.image!;
  const images = context.images[observation.choice!.root];
  const { name, generation } = workspace.metadata;
  const key = imageJobKey(plan);
  const dependsOn = `${generation} ${observation.project!.metadata.generation} ${plan.inputsHash}`;
  rethrowFailure({ memory, kind: 'image', dependsOn, jobs: context.jobs.builds, key });
  memory.awaitedImage = key;
  context.jobs.builds.ensure(
    key,
    name,
    () => context.enqueue(name),
    async ({ signal, progress }) => {
      if (await images.exists(plan)) return;
      await images.build(plan, { signal, onProgress: progress });
    },
  );
  const job = context.jobs.builds.state(key);
  const message = (job.phase === 'running' && job.progress) || BEGINNING[observation.choice!.root];
  throw new WaitingError(REASON.building, message, 60_000);
}
