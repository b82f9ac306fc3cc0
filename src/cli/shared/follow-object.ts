import { setTimeout as delay } from 'node:timers/promises';
import type { Client } from '../../client/client.ts';
import type { KubeObject } from '../../api/meta.ts';
import type { Resource } from '../../api/scheme.ts';
import { isApiError } from '../../errors/api-error.ts';

/** A server that ends every watch at once is not asked more often than this, in milliseconds. */
const PAUSE_BEFORE_RELIST = 200;

/**
 * An object as it is and then each time it changes; undefined while there is none of that name. Goes on until the signal, through
 * watches that the server ends; given once even if the signal came first.
 */
export async function* followObject(
  client: Client,
  resource: Resource,
  name: string,
  signal: AbortSignal,
): AsyncGenerator<KubeObject | undefined> {
  const fieldSelector = `metadata.name=${name}`;
  do {
    const { items, metadata } = await client.list(resource, { fieldSelector });
    yield items[0];
    yield* changes(client, resource, { fieldSelector, resourceVersion: metadata.resourceVersion, signal });
    if (!signal.aborted) await delay(PAUSE_BEFORE_RELIST);
  } while (!signal.aborted);
}

async function* changes(
  client: Client,
  resource: Resource,
  options: { fieldSelector: string; resourceVersion: string; signal: AbortSignal },
): AsyncGenerator<KubeObject | undefined> {
  try {
    for await (const { type, object } of client.watch(resource, options)) {
      if (type !== 'BOOKMARK') yield type === 'DELETED' ? undefined : object;
    }
  } catch (error) {
    // Too old to go on from: what is there now is read anew.
    if (!isApiError(error, 'Expired') && !options.signal.aborted) throw error;
  }
}
