import type { Client, DeleteOptions } from '../../../client/client.ts';
import { isApiError } from '../../../errors/api-error.ts';
import { type Context, note, print } from '../../shared/context.ts';
import { DRY_RUN_SUFFIX, type DryRun } from '../dry-run.ts';
import { type FoundObject, findObjects } from '../objects/find.ts';
import { quoted, slashed } from '../objects/reference.ts';
import type { Target } from '../objects/resource-args.ts';
import type { SelectionOptions } from '../objects/selection.ts';
import { waitUntilGone } from './wait-until-gone.ts';

export interface DeleteRequest {
  targets: readonly Target[];
  selection: Pick<SelectionOptions, 'selector' | 'fieldSelector'>;
  propagationPolicy: NonNullable<DeleteOptions['propagationPolicy']>;
  dryRun: DryRun;
  wait: boolean;
  /** Milliseconds; negative for no limit. */
  timeout: number;
  ignoreNotFound: boolean;
  /** Print `workspace.dual.dev/x` and nothing else. */
  nameOnly: boolean;
}

/** Asks for every deletion first, then waits for all of them. @throws AggregateError with what could not be deleted */
export async function runDelete(context: Context, client: Client, request: DeleteRequest): Promise<void> {
  const { objects, errors } = await findObjects(client, request.targets, {
    ...request.selection,
    ignoreNotFound: request.ignoreNotFound,
  });
  // A Project waits for its Workspaces, so they go first.
  const ordered = [...objects].sort((a, b) => rank(a) - rank(b));
  const deleted: FoundObject[] = [];
  for (const found of ordered) {
    try {
      if (await deleteOne(client, found, request)) {
        print(context, deletedLine(found, request));
        deleted.push(found);
      }
    } catch (error) {
      errors.push(error as Error);
    }
  }
  if (objects.length === 0 && errors.length === 0 && !request.ignoreNotFound) note(context, 'No resources found');
  if (request.wait && request.dryRun === 'none') {
    errors.push(...(await waitUntilGone(context, client, { deleted, timeout: request.timeout })));
  }
  if (errors.length > 0) throw new AggregateError(errors);
}

function rank({ object }: FoundObject): number {
  return object.kind === 'Project' ? 1 : 0;
}

/** Whether it was there to be deleted. */
async function deleteOne(client: Client, { resource, object }: FoundObject, request: DeleteRequest): Promise<boolean> {
  if (request.dryRun === 'client') return true;
  const { name, uid } = object.metadata;
  try {
    await client.delete(resource, name, {
      propagationPolicy: request.propagationPolicy,
      // Not another one that has got the name since.
      ...(uid !== undefined && { uid }),
      ...(request.dryRun === 'server' && { dryRun: true }),
    });
    return true;
  } catch (error) {
    // Somebody else was quicker: it is gone, as was asked for, unless it was asked for by its name.
    const isNamed = request.targets.some(({ names }) => names.includes(name));
    if (isApiError(error, 'NotFound') && (request.ignoreNotFound || !isNamed)) return false;
    throw error;
  }
}

function deletedLine({ resource, object }: FoundObject, { nameOnly, dryRun }: DeleteRequest): string {
  const { name } = object.metadata;
  return nameOnly ? slashed(resource, name) : `${quoted(resource, name)} deleted${DRY_RUN_SUFFIX[dryRun]}`;
}
