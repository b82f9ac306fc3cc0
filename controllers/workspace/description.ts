import { READY, STALLED, WORKSPACE_CONDITIONS } from '../../src/api/conditions.ts';
import type { WorkspaceStatus } from '../../src/api/types.ts';
import { getCondition } from '../../src/conditions/conditions.ts';
import type { Description } from '../../src/proxy/routes.ts';
import type { WorkspaceContext } from './context.ts';

/** Has pages say what the status says. They are there to help, so a failure is no more than a line of the log. */
export async function describeToProxy(
  { routes, log }: WorkspaceContext,
  workspace: string,
  status: WorkspaceStatus,
): Promise<void> {
  try {
    await routes.describe(workspace, descriptionOf(status));
  } catch (error) {
    log.debug({ workspace, err: error }, 'pages were not told');
  }
}

/** What pages tell of a Workspace that does not answer; `Stalled` too, since then waiting is of no use. Pure. */
export function descriptionOf({ phase = 'Pending', conditions = [] }: WorkspaceStatus): Description {
  return {
    phase,
    message: getCondition(conditions, READY)?.message ?? '',
    conditions: [...WORKSPACE_CONDITIONS, STALLED].flatMap((wanted) => {
      const condition = getCondition(conditions, wanted);
      if (!condition) return [];
      const { type, status, reason, message } = condition;
      return [{ type, status, reason, message }];
    }),
  };
}
