import type { WorkspaceContext } from './context.ts';

/** Takes away machines, sessions and routes of this install whose Workspace is gone, as after a store was put back from a backup. */
export async function removeOrphans(context: WorkspaceContext): Promise<void> {
  const { api, drivers, routes, log } = context;
  const known = new Map(api.workspaces.list().map((workspace) => [workspace.metadata.uid, workspace.metadata.name]));
  const names = new Set(known.values());
  const attempt = async (what: string, work: () => Promise<void>): Promise<void> => {
    try {
      await work();
    } catch (error) {
      log.warn({ err: error }, `cannot look for ${what} without a Workspace`);
    }
  };
  await attempt('machines', async () => {
    for (const { owner, name } of await drivers.container.list()) {
      if (known.has(owner.uid)) continue;
      log.info({ container: name }, 'removing a machine without a Workspace');
      await drivers.container.remove(owner.uid);
    }
  });
  await attempt('sessions', async () => {
    for (const { owner, name } of await drivers.session.listSessions())
      if (!known.has(owner.uid)) await drivers.session.destroy(name);
  });
  await attempt('routes', async () => {
    for (const name of await routes.list()) if (!names.has(name)) await routes.withdraw(name);
  });
}
