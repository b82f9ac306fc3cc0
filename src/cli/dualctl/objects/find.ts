import type { Client, ListOptions } from '../../../client/client.ts';
import type { KubeObject } from '../../../api/meta.ts';
import type { Resource } from '../../../api/scheme.ts';
import { isApiError } from '../../../errors/api-error.ts';
import type { SelectionOptions } from './selection.ts';
import type { Target } from './resource-args.ts';

export interface FoundObject {
  resource: Resource;
  object: KubeObject;
}

export interface Found {
  objects: FoundObject[];
  /** One for each name that could not be read. */
  errors: Error[];
}

/** Reads everything that the targets name. What is missing is among the errors, so that the others can be dealt with. */
export async function findObjects(
  client: Client,
  targets: readonly Target[],
  options: Pick<SelectionOptions, 'selector' | 'fieldSelector'> & { ignoreNotFound?: boolean },
): Promise<Found> {
  const parts = await Promise.all(targets.map((target) => findTarget(client, target, options)));
  const objects = parts.flatMap((part) => part.objects);
  const errors = parts.flatMap((part) => part.errors);
  return {
    objects,
    errors: options.ignoreNotFound ? errors.filter((error) => !isApiError(error, 'NotFound')) : errors,
  };
}

async function findTarget(client: Client, { resource, names }: Target, options: SelectionOptions): Promise<Found> {
  if (names.length === 0) {
    const { items } = await client.list(resource, listOptions(options));
    return { objects: items.map((object) => ({ resource, object })), errors: [] };
  }
  const results = await Promise.allSettled(names.map(async (name) => client.get(resource, name)));
  return {
    objects: results.flatMap((result) => (result.status === 'fulfilled' ? [{ resource, object: result.value }] : [])),
    errors: results.flatMap((result) => (result.status === 'rejected' ? [result.reason as Error] : [])),
  };
}

/** The selectors of the command line, as the client takes them. */
export function listOptions(options: Pick<SelectionOptions, 'selector' | 'fieldSelector'>): ListOptions {
  return {
    ...(options.selector !== undefined && { labelSelector: options.selector }),
    ...(options.fieldSelector !== undefined && { fieldSelector: options.fieldSelector }),
  };
}
