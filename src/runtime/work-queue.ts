import type { Clock } from '../clock/clock.ts';

/**
 * Names waiting for a reconcile, as in client-go's workqueue: a name is there once however often it is added, is handed out
 * to one worker at a time, and when it is added while it is worked on it comes again afterwards.
 */
export class WorkQueue {
  readonly #clock: Clock;
  readonly #ready: string[] = [];
  readonly #dirty = new Set<string>();
  readonly #active = new Set<string>();
  readonly #delayed = new Map<string, { at: number; cancel: () => void }>();
  readonly #takers: ((name: string | undefined) => void)[] = [];
  #closed = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** How many names wait to be worked on now. */
  get length(): number {
    return this.#ready.length;
  }

  add(name: string): void {
    if (this.#closed) return;
    this.#cancelDelayed(name);
    if (this.#dirty.has(name)) return;
    this.#dirty.add(name);
    if (!this.#active.has(name)) this.#push(name);
  }

  /** Adds it in that many milliseconds, unless something adds it earlier. Of two delays the shorter one counts. */
  addAfter(name: string, delay: number): void {
    if (this.#closed || this.#dirty.has(name)) return;
    if (delay <= 0) return this.add(name);
    const at = this.#clock.now() + delay;
    const pending = this.#delayed.get(name);
    if (pending && pending.at <= at) return;
    pending?.cancel();
    this.#delayed.set(name, { at, cancel: this.#clock.after(delay, () => this.add(name)) });
  }

  /** The next name, when there is one; undefined when the queue was closed. Call `done` afterwards. */
  async take(): Promise<string | undefined> {
    const name = this.#ready.shift();
    if (name !== undefined) return this.#start(name);
    if (this.#closed) return undefined;
    return new Promise((resolve) => this.#takers.push(resolve));
  }

  done(name: string): void {
    this.#active.delete(name);
    if (this.#dirty.has(name)) this.#push(name);
  }

  /** Forgets what waits; everybody in `take` gets undefined. */
  close(): void {
    this.#closed = true;
    for (const { cancel } of this.#delayed.values()) cancel();
    this.#delayed.clear();
    this.#ready.length = 0;
    this.#dirty.clear();
    for (const taker of this.#takers.splice(0)) taker(undefined);
  }

  #push(name: string): void {
    const taker = this.#takers.shift();
    if (taker) taker(this.#start(name));
    else this.#ready.push(name);
  }

  #start(name: string): string {
    this.#dirty.delete(name);
    this.#active.add(name);
    return name;
  }

  #cancelDelayed(name: string): void {
    this.#delayed.get(name)?.cancel();
    this.#delayed.delete(name);
  }
}
