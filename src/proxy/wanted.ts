import type { WatchMessage } from './protocol.ts';

/** Milliseconds in which a workspace is told of once, however many requests there are. */
const INTERVAL_MS = 1_000;

/** Those of the routes without an endpoint that somebody wants to see. */
export interface WantedWorkspaces {
  add(workspace: string): void;
  /** It is there, or gone for good. */
  drop(workspace: string): void;
  /** A watcher has left: what it was told just now, it may not have heard. */
  left(): void;
  /** What was wanted while there was nobody to tell. Forgets it: whoever asks has been told. */
  takeUntold(): string[];
}

/** Tells that a workspace is wanted, not more often than makes sense; while nobody watches, as between two daemons, it is kept. */
export function createWanted(watchers: ReadonlySet<(message: WatchMessage) => void>): WantedWorkspaces {
  const last = new Map<string, number>();
  const untold = new Set<string>();
  return {
    add(workspace) {
      if (watchers.size === 0) {
        untold.add(workspace);
        return;
      }
      const now = Date.now();
      if (now - (last.get(workspace) ?? 0) < INTERVAL_MS) return;
      last.set(workspace, now);
      for (const watcher of watchers) watcher({ type: 'wanted', workspace });
    },
    drop(workspace) {
      last.delete(workspace);
      untold.delete(workspace);
    },
    left() {
      if (watchers.size > 0) return;
      const now = Date.now();
      for (const [workspace, at] of last) if (now - at < INTERVAL_MS) untold.add(workspace);
    },
    takeUntold() {
      const workspaces = [...untold];
      untold.clear();
      return workspaces;
    },
  };
}
