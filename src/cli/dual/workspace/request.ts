import type { Workspace } from '../../../api/types.ts';
import type { Client } from '../../../client/client.ts';
import { markRequested } from '../../../client/mark-requested.ts';
import type { Context } from '../../shared/context.ts';
import { startProgress } from '../../shared/progress.ts';
import { describeProgress, isUnrequested, refuseUnusable } from './state.ts';
import { waitForWorkspace } from './wait.ts';

export interface Need {
  /** What the caller waits for. */
  isThere(workspace: Workspace): boolean;
  /** Milliseconds. */
  timeout: number;
}

/**
 * Gives the Workspace once it has what is needed: makes a Lazy one real, and waits, telling the user how it goes.
 * @throws CliError when it is stopped, stalled, deleted, or too slow
 */
export async function requestWorkspace(
  context: Context,
  client: Client,
  { workspace, need }: { workspace: Workspace; need: Need },
): Promise<Workspace> {
  refuseUnusable(workspace);
  if (isUnrequested(workspace)) await markRequested(client, workspace.metadata.name, context.clock);
  else if (need.isThere(workspace)) return workspace;
  const progress = await startProgress(context, describeProgress(workspace));
  try {
    return await waitForWorkspace(client, workspace.metadata.name, {
      until: (current) => {
        refuseUnusable(current);
        return need.isThere(current);
      },
      timeout: need.timeout,
      interruption: context.interruption(),
      onChange: (current) => progress.update(describeProgress(current)),
    });
  } finally {
    progress.stop();
  }
}
