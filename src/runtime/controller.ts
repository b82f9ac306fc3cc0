import type { Clock } from '../clock/clock.ts';
import { StalledError, WaitingError } from '../errors/reconcile-errors.ts';
import type { Log } from '../log/log.ts';
import { Backoff } from './backoff.ts';
import { WorkQueue } from './work-queue.ts';

/** What a reconcile asks for when it went well: look again after so many milliseconds, or when something happens. */
export interface ReconcileResult {
  requeueAfter?: number;
}

/** A level-based reconcile: it is handed a name, and reads everything else itself. */
export interface Reconciler {
  readonly kind: string;
  reconcile(name: string): Promise<ReconcileResult>;
}

export interface ControllerOptions {
  workers: number;
  /** Every name is looked at again after about so many milliseconds even when nothing happens. */
  resync: number;
  clock: Clock;
  log: Log;
}

/** Feeds names to a reconciler: deduplicated, one at a time per name, with back-off, and slowly again when all is quiet. */
export class Controller {
  readonly #reconciler: Reconciler;
  readonly #options: ControllerOptions;
  readonly #queue: WorkQueue;
  readonly #backoff = new Backoff({ base: 500, max: 60_000 });
  #workers: Promise<void>[] = [];

  constructor(reconciler: Reconciler, options: ControllerOptions) {
    this.#reconciler = reconciler;
    this.#options = options;
    this.#queue = new WorkQueue(options.clock);
  }

  get kind(): string {
    return this.#reconciler.kind;
  }

  /** Something happened to that name, or may have. */
  enqueue(name: string): void {
    this.#queue.add(name);
  }

  start(): void {
    this.#workers = Array.from({ length: this.#options.workers }, () => this.#work());
  }

  /** Takes no more names and waits for those in hand. */
  async stop(): Promise<void> {
    this.#queue.close();
    await Promise.all(this.#workers);
  }

  async #work(): Promise<void> {
    for (;;) {
      const name = await this.#queue.take();
      if (name === undefined) return;
      const delay = await this.#attempt(name);
      this.#queue.done(name);
      if (delay !== undefined) this.#queue.addAfter(name, delay);
    }
  }

  /** The one place that maps how a reconcile ended to when the next one comes. */
  async #attempt(name: string): Promise<number | undefined> {
    try {
      const result = await this.#reconciler.reconcile(name);
      this.#backoff.forget(name);
      return result.requeueAfter ?? this.#resync();
    } catch (error) {
      if (error instanceof WaitingError) return error.after;
      if (error instanceof StalledError) {
        this.#backoff.forget(name);
        return this.#resync();
      }
      const delay = this.#backoff.next(name);
      this.#options.log.warn({ kind: this.kind, name, delay: Math.round(delay), err: error }, 'reconcile failed');
      return delay;
    }
  }

  #resync(): number {
    return this.#options.resync * (0.75 + Math.random() / 2);
  }
}
