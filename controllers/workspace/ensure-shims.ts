import type { StepInput } from './step-input.ts';

/** Has the commands of the host's shells routed into the machine. Panes that run keep what they have: their shims are found under the same path. */
export async function ensureShims({ context, observation }: StepInput): Promise<void> {
  await context.shims.ensure(observation.shims!.spec);
}
