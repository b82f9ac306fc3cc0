import type { KubeObject } from '../../../api/meta.ts';
import { WORKSPACES } from '../../../api/scheme.ts';
import type { Workspace } from '../../../api/types.ts';
import type { Client } from '../../../client/client.ts';
import { type Context, note } from '../../shared/context.ts';
import { CliError } from '../../shared/errors.ts';
import { type Progress, startProgress } from '../../shared/progress.ts';
import { startDeadline } from '../objects/deadline.ts';
import type { FoundObject } from '../objects/find.ts';
import { followObject } from '../../shared/follow-object.ts';
import { quoted } from '../objects/reference.ts';
import { statusLine } from '../wait/status-line.ts';
import { whereWorkIs } from './kept-work.ts';

export interface GoneRequest {
  deleted: readonly FoundObject[];
  /** Milliseconds; negative for no limit. */
  timeout: number;
}

/** Waits until the last finalizer is off, and says of each Workspace where its work is. Gives an error for each that stays. */
export async function waitUntilGone(context: Context, client: Client, request: GoneRequest): Promise<Error[]> {
  const { deleted } = request;
  if (deleted.length === 0) return [];
  const deadline = startDeadline(context, request.timeout);
  const progress = await startProgress(context, 'deleting');
  try {
    const results = await Promise.all(
      deleted.map(async (found) => waitForOne(context, client, { found, progress, signal: deadline.signal })),
    );
    const left = deleted.filter((_, index) => !results[index]);
    return deadline.isOver() ? left.map(timedOut) : [];
  } finally {
    progress.stop();
    deadline.clear();
  }
}

interface One {
  found: FoundObject;
  progress: Progress;
  signal: AbortSignal;
}

/** Whether it went before the signal. */
async function waitForOne(context: Context, client: Client, { found, progress, signal }: One): Promise<boolean> {
  const { resource, object } = found;
  const { name, uid } = object.metadata;
  let last = object;
  for await (const current of followObject(client, resource, name, signal)) {
    if (current?.metadata.uid !== uid) {
      await tellWhereWorkIs(context, client, { found: { resource, object: last }, progress });
      return true;
    }
    last = current as KubeObject;
    progress.update(statusLine(resource, last));
  }
  return false;
}

async function tellWhereWorkIs(
  context: Context,
  client: Client,
  { found, progress }: { found: FoundObject; progress: Progress },
): Promise<void> {
  if (found.resource !== WORKSPACES) return;
  const where = await whereWorkIs(client, found.object as Workspace);
  if (where === undefined) return;
  progress.around(() => {
    note(context, `${quoted(found.resource, found.object.metadata.name)}: ${where}`);
  });
}

function timedOut({ resource, object }: FoundObject): CliError {
  return new CliError(`timed out waiting for the condition on ${resource.plural}/${object.metadata.name}`);
}
