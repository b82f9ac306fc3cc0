import type { Clone } from '../../src/drivers/source/driver.ts';
import type { RouteResults } from '../../src/proxy/routes.ts';

/**
 * What the controller remembers between two reconciles of a Workspace. Losing it, as in a crash, costs a repeated idempotent call or
 * a shorter back-off, nothing else.
 */
export class Memory {
  readonly #entries = new Map<string, Entry>();
  /** Loopback addresses by name of the Workspace: a status on its way does not tell yet who has which. */
  readonly addresses = new Map<string, string>();

  /** By the name of the Workspace; a new object of the same name starts over. */
  of(name: string, uid: string): Entry {
    const existing = this.#entries.get(name);
    if (existing?.uid === uid) return existing;
    const entry: Entry = { uid, failures: new Map(), crashes: new Map() };
    this.#entries.set(name, entry);
    return entry;
  }

  get(name: string): Entry | undefined {
    return this.#entries.get(name);
  }

  forget(name: string): void {
    this.#entries.delete(name);
    this.addresses.delete(name);
  }

  /** The proxy knows nothing any more (or of that one not what it knew). */
  forgetRoutes(name?: string): void {
    for (const [key, entry] of this.#entries) if (name === undefined || key === name) delete entry.published;
  }
}

export interface Entry {
  readonly uid: string;
  /** What the proxy was told last, and what came of it. */
  published?: { key: string; results: RouteResults };
  /** The clone as it was found last, and when (milliseconds since the epoch). */
  clone?: { dir: string; state: Clone; at: number };
  /** The job of the image that it waits for. */
  awaitedImage?: string;
  /** Since when a running machine has been found not to answer, in milliseconds since the epoch. */
  silentSince?: number;
  /** Stalled work by kind: not tried again while `key` (all that it depends on) is the same. */
  failures: Map<'clone' | 'image', { key: string; error: Error }>;
  /** Panes that ended by themselves and were started again: how often in a row, and when last (milliseconds since the epoch). */
  crashes: Map<string, { count: number; at: number }>;
}
