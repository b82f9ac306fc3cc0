import type { WorkspaceContext } from './context.ts';

/** Takes away machines, sessions and routes of this install whose Workspace is gone, as after a store was put back from a backup. */
export async function removeOrphans(context: WorkspaceContext): Promise<void> {
  const { api, drivers, routes, shims, log } = context;
  const known = new Map(api.workspaces.list().map((workspace) => [workspace.metadata.uid, workspace]));
  const names = new Set([...known.values()].map(({ metadata }) => metadata.name));
  const isWanted = (uid: string, driver: string): boolean => {
    const workspace = known.get(uid);
    return workspace !== undefined && (workspace.status?.container?.driver ?? driver) === driver;
  };
  const attempt = async (what: string, work: () => Promise<void>): Promise<void> => {
    try {
      await work();
    } catch (error) {
      log.warn({ err: error }, `cannot look for ${what} without a Workspace`);
    }
  };
  await attempt('machines', async () => {
    for (const driver of await available(drivers.containers)) {
      for (const { owner, name } of await driver.list()) {
        if (isWanted(owner.uid, driver.name)) continue;
        log.info({ container: name, driver: driver.name }, 'removing a machine without a Workspace');
        await driver.remove(owner.uid);
      }
    }
  });
  await attempt('sessions', async () => {
    for (const driver of await available(drivers.sessions)) {
      for (const { owner, name } of await driver.listSessions()) if (!known.has(owner.uid)) await driver.destroy(name);
    }
  });
  await attempt('shims', () => shims.removeAllBut([...known.keys()]));
  await attempt('routes', async () => {
    for (const name of await routes.list()) if (!names.has(name)) await routes.withdraw(name);
  });
}

async function available<D extends { probe(): Promise<{ available: boolean }> }>(drivers: readonly D[]): Promise<D[]> {
  const probes = await Promise.all(drivers.map((driver) => driver.probe()));
  return drivers.filter((_, index) => probes[index]?.available);
}
