/**
 * Work that takes longer than a reconcile should: started once per key however many ask, remembered until its outcome was
 * taken. A job writes no status; it learns something and has the names that wait for it looked at again.
 */
export type JobState =
  { phase: 'none' } | { phase: 'running'; progress: string; startedAt: number } | { phase: 'failed'; error: unknown };

export type JobWork = (control: { signal: AbortSignal; progress(message: string): void }) => Promise<void>;

/** Progress may be told many times a second; nobody wants to be woken more often than that. */
const PROGRESS_INTERVAL_MS = 500;

interface Job {
  controller: AbortController;
  progress: string;
  startedAt: number;
  waiters: Map<string, () => void>;
  outcome?: { error: unknown };
  finished: Promise<void>;
}

export class Jobs {
  readonly #jobs = new Map<string, Job>();
  readonly #limit: number;
  #running = 0;
  readonly #queue: (() => void)[] = [];

  /** At most `limit` at a time; the others wait their turn. */
  constructor(limit = Number.POSITIVE_INFINITY) {
    this.#limit = limit;
  }

  state(key: string): JobState {
    const job = this.#jobs.get(key);
    if (!job) return { phase: 'none' };
    if (job.outcome) return { phase: 'failed', error: job.outcome.error };
    return { phase: 'running', progress: job.progress, startedAt: job.startedAt };
  }

  /** Starts it unless it runs, and has `wake` called on progress and at the end, once per `waiter`. A failed one is started anew. */
  ensure(key: string, waiter: string, wake: () => void, work: JobWork): void {
    const existing = this.#jobs.get(key);
    if (existing && !existing.outcome) {
      existing.waiters.set(waiter, wake);
      return;
    }
    const job: Job = {
      controller: new AbortController(),
      progress: this.#running < this.#limit ? '' : 'waiting for its turn',
      startedAt: Date.now(),
      waiters: new Map([[waiter, wake]]),
      finished: Promise.resolve(),
    };
    this.#jobs.set(key, job);
    job.finished = this.#run(key, job, work);
  }

  /** Forgets the outcome, so that the next `ensure` starts anew. Does nothing to a running one. */
  clear(key: string): void {
    if (this.#jobs.get(key)?.outcome) this.#jobs.delete(key);
  }

  /** That one no longer waits; when nobody does, the job is stopped and has ended when this returns. */
  async leave(key: string, waiter: string): Promise<void> {
    const job = this.#jobs.get(key);
    if (!job) return;
    job.waiters.delete(waiter);
    if (job.waiters.size > 0) return;
    job.controller.abort();
    await job.finished;
    if (this.#jobs.get(key) === job) this.#jobs.delete(key);
  }

  /** Stops all of them and waits for their end. */
  async close(): Promise<void> {
    const jobs = [...this.#jobs.values()];
    for (const job of jobs) job.controller.abort();
    await Promise.all(jobs.map((job) => job.finished));
  }

  async #run(key: string, job: Job, work: JobWork): Promise<void> {
    let told = 0;
    const progress = (message: string): void => {
      if (job.progress === message) return;
      job.progress = message;
      if (Date.now() - told < PROGRESS_INTERVAL_MS) return;
      told = Date.now();
      wakeAll(job);
    };
    const { signal } = job.controller;
    await this.#turn(signal);
    try {
      signal.throwIfAborted();
      await work({ signal, progress });
      this.#jobs.delete(key);
    } catch (error) {
      job.outcome = { error };
    } finally {
      this.#running -= 1;
      this.#queue.shift()?.();
      wakeAll(job);
    }
  }

  /** Waits for a free place, or for the end of the wait. */
  async #turn(signal: AbortSignal): Promise<void> {
    if (this.#running >= this.#limit) {
      await new Promise<void>((resolve) => {
        this.#queue.push(resolve);
        signal.addEventListener('abort', () => this.#abandon(resolve), { once: true });
      });
    }
    this.#running += 1;
  }

  #abandon(place: () => void): void {
    const index = this.#queue.indexOf(place);
    if (index >= 0) this.#queue.splice(index, 1);
    place();
  }
}

function wakeAll(job: Job): void {
  for (const wake of job.waiters.values()) wake();
}
