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

/** What a controller has done so far, and has in hand. */
export interface ControllerStats {
  kind: string;
  /** How many reconciles ended how. */
  results: Readonly<Record<ReconcileOutcome, number>>;
  /** Milliseconds that they took together. */
  duration: number;
  /** Names that wait to be worked on now. */
  queued: number;
}

export type ReconcileOutcome = 'success' | 'waiting' | 'stalled' | 'error';

/** Feeds names to a reconciler: deduplicated, one at a time per name, with back-off, and slowly again when all is quiet. */
export class Controller {
  readonly #reconciler: Reconciler;
  readonly #options: ControllerOptions;
  readonly #queue: WorkQueue;
  readonly #backoff = new Backoff({ base: 500, max: 60_000 });
  readonly #results: Record<ReconcileOutcome, number> = { success: 0, waiting: 0, stalled: 0, error: 0 };
  #duration = 0;
  #workers: Promise<void>[] = [];

  constructor(reconciler: Reconciler, options: ControllerOptions) {
    this.#reconciler = reconciler;
    this.#options = options;
    this.#queue = new WorkQueue(options.clock);
  }

  get kind(): string {
    return this.#reconciler.kind;
  }

  stats(): ControllerStats {
    return { kind: this.kind, results: this.#results, duration: this.#duration, queued: this.#queue.length };
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
      const since = this.#options.clock.now();
      const delay = await this.#attempt(name);
      this.#duration += this.#options.clock.now() - since;
      this.#queue.done(name);
      if (delay !== undefined) this.#queue.addAfter(name, delay);
    }
  }

  /** The one place that maps how a reconcile ended to when the next one comes. */
  async #attempt(name: string): Promise<number | undefined> {
    try {
      const result = await this.#reconciler.reconcile(name);
      this.#backoff.forget(name);
      this.#results.success += 1;
      return result.requeueAfter ?? this.#resync();
    } catch (error) {
      this.#results[outcomeOf(error)] += 1;
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

function outcomeOf(error: unknown): ReconcileOutcome {
  if (error instanceof WaitingError) return 'waiting';
  return error instanceof StalledError ? 'stalled' : 'error';
}
