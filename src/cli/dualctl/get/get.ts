import type { Client } from '../../../client/client.ts';
import { DEFAULT_NAMESPACE } from '../../../api/scheme.ts';
import { type Context, note } from '../../shared/context.ts';
import type { Target } from '../objects/resource-args.ts';
import { getObjects, watchObjects } from './get-objects.ts';
import { getTables, watchTables } from './get-tables.ts';
import { type GetRequest, isSingle } from './options.ts';

/** What came out of a `get`: an error for each object that could not be read, whatever else was printed. */
export interface GetResult {
  printed: boolean;
  errors: Error[];
}

/** @throws AggregateError with what could not be read, after the rest was printed */
export async function runGet(context: Context, client: Client, request: GetRequest): Promise<void> {
  const { format, options, targets } = request;
  if (options.watch || options.watchOnly) {
    await (format.type === 'table'
      ? watchTables(context, client, { ...request, format })
      : watchObjects(context, client, { ...request, format }));
    return;
  }
  const result = await (format.type === 'table'
    ? getTables(context, client, { ...request, format })
    : getObjects(context, client, { ...request, format }));
  if (result.errors.length > 0) throw new AggregateError(result.errors);
  const expected = format.type === 'table' && !isSingle(targets) && !options.ignoreNotFound;
  if (!result.printed && expected) note(context, nothingFound(targets));
}

function nothingFound(targets: readonly Target[]): string {
  const namespaced = targets.every(({ resource }) => resource.namespaced);
  return namespaced ? `No resources found in ${DEFAULT_NAMESPACE} namespace.` : 'No resources found';
}
