import { WORKSPACES } from '../../src/api/scheme.ts';
import type { Workspace } from '../../src/api/types.ts';
import { markRequested } from '../../src/client/mark-requested.ts';
import { retryDelay, waitFor } from '../../src/client/retry.ts';
import { isApiError } from '../../src/errors/api-error.ts';
import type { WorkspaceContext } from './context.ts';
import { wantsMachine } from './predicates.ts';

/** Ten seconds or so, all in all. */
const ATTEMPTS = 9;

/**
 * Somebody wants to see it: a Lazy Workspace is made real, any other is left as it is. The proxy tells it once, so what fails is tried
 * again. Never throws.
 */
export async function onWanted(context: WorkspaceContext, name: string, signal: AbortSignal): Promise<void> {
  const { clock, log } = context;
  for (let attempt = 1; attempt <= ATTEMPTS && !signal.aborted; attempt += 1) {
    try {
      if (await note(context, name)) log.info({ workspace: name }, 'wanted by a request');
      return;
    } catch (error) {
      if (isApiError(error, 'NotFound')) return;
      log.warn({ workspace: name, err: error, attempt }, 'it could not be noted that it is wanted');
      await waitFor(clock, retryDelay(attempt), signal);
    }
  }
}

/** Asks the API: what was wanted before this daemon ran is told before there is anything in the cache. @returns whether it was news */
async function note({ api, clock }: WorkspaceContext, name: string): Promise<boolean> {
  const workspace = await api.client.get<Workspace>(WORKSPACES, name);
  if (workspace.spec.state !== 'Lazy' || workspace.metadata.deletionTimestamp !== undefined) return false;
  if (wantsMachine(workspace)) return false;
  await markRequested(api.client, name, clock);
  return true;
}
