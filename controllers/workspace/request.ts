import { markRequested } from '../../src/client/mark-requested.ts';
import type { WorkspaceContext } from './context.ts';
import { wantsMachine } from './predicates.ts';

/** Somebody has asked for a page of it: a Lazy Workspace is made real, any other is left as it is. Never throws. */
export async function onPageRequest({ api, clock, log }: WorkspaceContext, name: string): Promise<void> {
  const workspace = api.workspaces.get(name);
  if (!workspace || workspace.spec.state !== 'Lazy') return;
  if (workspace.metadata.deletionTimestamp !== undefined || wantsMachine(workspace)) return;
  try {
    await markRequested(api.client, name, clock);
    log.info({ workspace: name }, 'requested in a browser');
  } catch (error) {
    log.warn({ workspace: name, err: error }, 'a request was not noted');
  }
}
