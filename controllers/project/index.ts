import type { ProjectContext } from './context.ts';
import { ProjectReconciler } from './reconciler.ts';

export type { ProjectContext } from './context.ts';

/** The Project controller: its reconciler, and what feeds it. */
export function projectController(context: ProjectContext): { reconciler: ProjectReconciler; watch(): void } {
  const { api, enqueue } = context;
  const users = new Map<string, string>();
  return {
    reconciler: new ProjectReconciler(context),
    watch() {
      api.projects.onChange(enqueue);
      api.workspaces.onChange((name) => {
        const project = api.workspaces.get(name)?.spec.project;
        const before = users.get(name);
        if (project === before) return;
        if (project === undefined) users.delete(name);
        else users.set(name, project);
        for (const affected of [before, project]) if (affected !== undefined) enqueue(affected);
      });
    },
  };
}
