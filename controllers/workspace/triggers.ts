import type { Workspace } from '../../src/api/types.ts';
import type { WorkspaceContext } from './context.ts';
import type { Memory } from './memory.ts';
import { onWanted } from './wanted.ts';

/** Everything that has a Workspace looked at again. Nothing here decides anything: it only puts names on the queue, and notes what is wanted. */
export function watchWorld(context: WorkspaceContext, memory: Memory, signal: AbortSignal): void {
  const { api, drivers, guests, routes, enqueue } = context;
  const all = (): void => {
    for (const workspace of api.workspaces.list()) enqueue(workspace.metadata.name);
  };
  const byUid = (uid: string | undefined): void => {
    const workspace = api.workspaces.list().find((candidate) => candidate.metadata.uid === uid);
    if (workspace) enqueue(workspace.metadata.name);
    else if (uid === undefined) all();
  };
  onSpecChange(context);
  api.projects.onChange((project) => {
    for (const workspace of api.workspaces.list())
      if (workspace.spec.project === project) enqueue(workspace.metadata.name);
  });
  for (const driver of drivers.containers) driver.watch(byUid, signal);
  for (const driver of drivers.sessions) driver.watch((name) => (name === undefined ? all() : enqueue(name)), signal);
  guests.watch(byUid, signal);
  const onChange = (name: string | undefined): void => {
    memory.forgetRoutes(name);
    if (name === undefined) all();
    else enqueue(name);
  };
  routes.watch({ onChange, onWanted: (name) => void onWanted(context, name, signal) }, signal);
}

/** A status write of one's own is no news. */
function onSpecChange({ api, enqueue }: WorkspaceContext): void {
  const seen = new Map<string, string>();
  api.workspaces.onChange((name) => {
    const workspace = api.workspaces.get(name);
    const key = workspace ? relevant(workspace) : undefined;
    if (key !== undefined && seen.get(name) === key) return;
    if (key === undefined) seen.delete(name);
    else seen.set(name, key);
    enqueue(name);
  });
}

function relevant({ metadata }: Workspace): string {
  const { uid, generation, deletionTimestamp, annotations, finalizers } = metadata;
  return JSON.stringify([uid, generation, deletionTimestamp, annotations, finalizers]);
}
