/** How long a name that fails waits before its next try: doubling from `base` to `max` milliseconds, with jitter so that many do not come at once. */
export class Backoff {
  readonly #failures = new Map<string, number>();
  readonly #base: number;
  readonly #max: number;
  readonly #random: () => number;

  constructor(options: { base: number; max: number; random?: () => number }) {
    this.#base = options.base;
    this.#max = options.max;
    this.#random = options.random ?? Math.random;
  }

  /** Counts a failure and gives the delay in milliseconds: between half of the nominal one and all of it. */
  next(name: string): number {
    const failures = this.#failures.get(name) ?? 0;
    this.#failures.set(name, failures + 1);
    const nominal = Math.min(this.#max, this.#base * 2 ** Math.min(failures, 30));
    return nominal / 2 + (this.#random() * nominal) / 2;
  }

  failures(name: string): number {
    return this.#failures.get(name) ?? 0;
  }

  forget(name: string): void {
    this.#failures.delete(name);
  }
}
