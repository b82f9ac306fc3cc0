import { type Applied, apply } from '../../../client/apply.ts';
import type { Client } from '../../../client/client.ts';
import type { Resource } from '../../../api/scheme.ts';
import { ApiError, isApiError } from '../../../errors/api-error.ts';
import { type Context, print } from '../../shared/context.ts';
import { CliError } from '../../shared/errors.ts';
import { DRY_RUN_SUFFIX, type DryRun } from '../dry-run.ts';
import type { LoadedFiles, LoadedObject } from '../objects/files.ts';
import type { FoundObject } from '../objects/find.ts';
import { resourceOf, slashed } from '../objects/reference.ts';
import type { Format } from '../output/format.ts';
import { formatObjects } from '../output/print-objects.ts';

export interface ApplyRequest {
  files: LoadedFiles;
  dryRun: DryRun;
  format: Format;
}

/** Applies one object after the other, and says of each what came of it. @throws AggregateError at the end */
export async function runApply(context: Context, client: Client, request: ApplyRequest): Promise<void> {
  const { files, dryRun, format } = request;
  const errors = [...files.errors];
  const applied: FoundObject[] = [];
  for (const loaded of files.objects) {
    try {
      const resource = knownResource(loaded);
      const { result, object } = await applyOne(client, resource, { loaded, dryRun });
      applied.push({ resource, object });
      if (format.type === 'table') {
        print(context, `${slashed(resource, object.metadata.name)} ${result}${DRY_RUN_SUFFIX[dryRun]}`);
      }
    } catch (error) {
      errors.push(withSource(error, loaded.source));
    }
  }
  if (format.type !== 'table' && applied.length > 0) {
    context.stdout.write(await formatObjects(format, applied, { single: files.objects.length === 1 }));
  }
  if (errors.length > 0) throw new AggregateError(errors);
}

async function applyOne(
  client: Client,
  resource: Resource,
  { loaded, dryRun }: { loaded: LoadedObject; dryRun: DryRun },
): Promise<Applied> {
  if (dryRun !== 'client') return apply(client, loaded.object, { dryRun: dryRun === 'server' });
  // Nothing is sent, so it is not known whether anything would change.
  const exists = await isThere(client, resource, loaded.object.metadata.name);
  return { result: exists ? 'configured' : 'created', object: loaded.object };
}

async function isThere(client: Client, resource: Resource, name: string): Promise<boolean> {
  try {
    await client.get(resource, name);
    return true;
  } catch (error) {
    if (isApiError(error, 'NotFound')) return false;
    throw error;
  }
}

/** @throws CliError when Dual has no such kind */
function knownResource({ object, source }: LoadedObject): Resource {
  const resource = resourceOf(object);
  if (resource) return resource;
  const message = `no matches for kind "${object.kind}" in version "${object.apiVersion}"`;
  throw new CliError(`resource mapping not found for name: "${object.metadata.name}" from "${source}": ${message}`);
}

/** Tells which file it was. What is invalid names its object, and is printed without. */
function withSource(error: unknown, source: string): Error {
  if (!(error instanceof ApiError)) return error instanceof Error ? error : new Error(String(error));
  const message = `error when applying "${source}": ${error.message}`;
  return new ApiError(error.reason, message, error.details, { cause: error });
}
