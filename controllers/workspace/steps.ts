import { ensureClone } from './ensure-clone.ts';
import { ensureContainer } from './ensure-container.ts';
import { ensureImage } from './ensure-image.ts';
import { announceRoute, ensureRoute, withdrawRoute } from './ensure-route.ts';
import { ensureSession } from './ensure-session.ts';
import { ensureShims } from './ensure-shims.ts';
import type { Step } from './machine.ts';
import type { StepInput } from './step-input.ts';
import { dropFinalizer, endJobs, releaseClone, removeContainer, removeSession, stopContainer } from './release.ts';

/** The steps that the machine names. Each is idempotent; what it throws says what comes next (src/errors/reconcile-errors.ts). */
export const steps: Record<Step, (input: StepInput) => Promise<void>> = {
  announceRoute,
  ensureClone,
  ensureImage,
  ensureContainer,
  ensureShims,
  ensureSession,
  ensureRoute,
  withdrawRoute,
  endJobs,
  removeSession,
  stopContainer,
  removeContainer,
  releaseClone,
  dropFinalizer,
};
