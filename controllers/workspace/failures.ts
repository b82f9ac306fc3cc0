import { StalledError } from '../../src/errors/reconcile-errors.ts';
import type { Jobs } from '../../src/runtime/jobs.ts';
import type { Entry } from './memory.ts';

interface Question {
  memory: Entry;
  kind: 'clone' | 'image';
  /** Everything that the work depends on: while it is the same, stalled work is not tried again. */
  dependsOn: string;
  jobs: Jobs;
  key: string;
}

/** Throws what a job has failed with. Takes the outcome, so that what may pass is tried again the next time. */
export function rethrowFailure({ memory, kind, dependsOn, jobs, key }: Question): void {
  const remembered = memory.failures.get(kind);
  if (remembered?.key === dependsOn) throw remembered.error;
  memory.failures.delete(kind);
  const job = jobs.state(key);
  if (job.phase !== 'failed') return;
  jobs.clear(key);
  if (job.error instanceof StalledError) memory.failures.set(kind, { key: dependsOn, error: job.error });
  throw job.error;
}
