import type { Client, ListOptions } from '../../../client/client.ts';
import type { KubeObject } from '../../../api/meta.ts';
import type { Resource } from '../../../api/scheme.ts';
import type { Context } from '../../shared/context.ts';
import { findObjects, listOptions } from '../objects/find.ts';
import { type ObjectFormat, formatJson, formatObjects } from '../output/print-objects.ts';
import type { GetResult } from './get.ts';
import { type GetRequest, isSingle } from './options.ts';
import { singleTarget } from './watch-target.ts';

type ObjectRequest = GetRequest & { format: ObjectFormat };

export async function getObjects(context: Context, client: Client, request: ObjectRequest): Promise<GetResult> {
  const { targets, format, options } = request;
  const { objects, errors } = await findObjects(client, targets, options);
  const single = isSingle(targets);
  // One object that is not there is an error alone, not an empty list.
  if (single && objects.length === 0) return { printed: false, errors };
  const { sortItems } = options.sortBy ? await import('../output/sort-by.ts') : { sortItems: undefined };
  const shown = sortItems ? sortItems(objects, options.sortBy ?? '', ({ object }) => object) : objects;
  const text = await formatObjects(format, shown, printOptions(request, single));
  context.stdout.write(text);
  return { printed: text !== '', errors };
}

/** Prints each object as it is, then each as it changes, until the server or the user ends it. */
export async function watchObjects(context: Context, client: Client, request: ObjectRequest): Promise<void> {
  const { options } = request;
  const target = singleTarget(request.targets);
  const query: ListOptions = { ...listOptions(options), ...target.fieldSelector };
  let headersDue = true;
  const print = async (type: string, object: KubeObject): Promise<void> => {
    const text = await formatObjects(request.format, [{ resource: target.resource, object }], {
      ...printOptions(request, true),
      noHeaders: !headersDue || !options.headers,
    });
    headersDue = false;
    context.stdout.write(options.outputWatchEvents ? withEvent(request.format, type, { object, text }) : text);
  };
  if (target.name !== undefined) await client.get(target.resource, target.name);
  const { items, metadata } = await client.list(target.resource, query);
  for (const object of options.watchOnly ? [] : items) await print('ADDED', object);
  await followChanges(context, client, { resource: target.resource, query, from: metadata.resourceVersion, print });
}

interface Following {
  resource: Resource;
  query: ListOptions;
  from: string;
  print: (type: string, object: KubeObject) => Promise<void>;
}

async function followChanges(
  context: Context,
  client: Client,
  { resource, query, from, print }: Following,
): Promise<void> {
  const watch = client.watch(resource, { ...query, resourceVersion: from, signal: context.interruption() });
  for await (const { type, object } of watch) {
    if (type !== 'BOOKMARK') await print(type, object);
  }
}

function withEvent(format: ObjectFormat, type: string, shown: { object: KubeObject; text: string }): string {
  return format.type === 'json' ? formatJson({ type, object: shown.object }) : `${type} ${shown.text}`;
}

function printOptions({ options }: GetRequest, single: boolean): Parameters<typeof formatObjects>[2] {
  return {
    single,
    noHeaders: !options.headers,
    ...(options.showManagedFields && { showManagedFields: true }),
  };
}
