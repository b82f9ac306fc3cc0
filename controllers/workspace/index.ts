import type { WorkspaceContext } from './context.ts';
import { removeOrphans } from './orphans.ts';
import { WorkspaceReconciler } from './reconciler.ts';
import { watchWorld } from './triggers.ts';

export type { WorkspaceContext } from './context.ts';
export type { Host } from './host.ts';

/** The Workspace controller: its reconciler, and what feeds it until the signal. */
export function workspaceController(context: WorkspaceContext): {
  reconciler: WorkspaceReconciler;
  watch(signal: AbortSignal): void;
  removeOrphans(): Promise<void>;
} {
  const reconciler = new WorkspaceReconciler(context);
  return {
    reconciler,
    watch: (signal) => watchWorld(context, reconciler.memory, signal),
    removeOrphans: () => removeOrphans(context),
  };
}
