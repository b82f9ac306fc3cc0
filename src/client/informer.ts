import type { KubeObject } from '../api/meta.ts';

/** A local copy of one resource, kept up by list and watch: reconciles read from it instead of asking the server each time. */
export interface Informer<T extends KubeObject> {
  get(name: string): T | undefined;
  list(): readonly T[];
  /** Called with the name after the copy has changed; for every object after the first list. */
  onChange(callback: (name: string) => void): void;
  /** Begins; resolves when the first list is in. Goes on until the signal, through reconnects and 410s. */
  start(signal: AbortSignal): Promise<void>;
}
