import type { Workspace } from '../api/types.ts';
import type { SubresourceHandler } from '../apiserver/served/served.ts';
import type { SessionDriver } from '../drivers/session/driver.ts';
import { ApiError } from '../errors/api-error.ts';
import { explain, RetryError, StalledError } from '../errors/reconcile-errors.ts';

const DEFAULT_TAIL = 1_000;

/**
 * `GET …/workspaces/NAME/log`: what a pane has shown, and with `follow` what it goes on to show. The query is kubectl's: container
 * (a pane here), follow, tailLines.
 */
export function paneLog(sessions: readonly SessionDriver[]): SubresourceHandler {
  return async function* log({ object, query, signal }) {
    const { name } = object.metadata;
    const workspace = object as Workspace;
    const pane = paneOf(workspace, query['container']);
    const lines = tailOf(query['tailLines']);
    const session = sessions.find((driver) => driver.name === workspace.status?.session?.backend);
    try {
      if (!session || !(await session.getSession(name))) throw noSession(workspace);
      if (query['follow'] === 'true') yield* session.follow(name, pane, signal, lines);
      else yield* whole(await session.capture(name, pane, lines));
    } catch (error) {
      throw asApiError(error);
    }
  };
}

function noSession({ metadata, status }: Workspace): ApiError {
  const phase = status?.phase ?? 'Pending';
  return new ApiError('BadRequest', `Workspace ${metadata.name} has no session now; its phase is ${phase}`);
}

/** What a driver cannot do now is no fault of the server's. */
function asApiError(error: unknown): unknown {
  const isExplained = error instanceof RetryError || error instanceof StalledError;
  return isExplained ? new ApiError('ServiceUnavailable', explain(error).message, {}, { cause: error }) : error;
}

function whole(text: string): string[] {
  return text === '' ? [] : [text.endsWith('\n') ? text : `${text}\n`];
}

/** The pane asked for; without one the first. */
function paneOf(workspace: Workspace, wanted: string | undefined): string {
  const panes = workspace.status?.session?.panes?.map(({ name }) => name) ?? [];
  const pane = wanted ?? panes[0];
  if (pane !== undefined && panes.includes(pane)) return pane;
  const known = panes.length > 0 ? `choose one of: ${panes.join(', ')}` : 'it has none now';
  throw new ApiError('BadRequest', `Workspace ${workspace.metadata.name} has no pane ${wanted ?? ''}; ${known}`);
}

function tailOf(value: string | undefined): number {
  if (value === undefined) return DEFAULT_TAIL;
  if (!/^\d{1,6}$/.test(value)) throw new ApiError('BadRequest', `tailLines: "${value}" is not a number of lines`);
  return Number(value);
}
