import type { KubeObject, WatchEvent } from '../api/meta.ts';
import type { Resource } from '../api/scheme.ts';
import { qualifiedName } from '../api/scheme.ts';
import type { Clock } from '../clock/clock.ts';
import { isApiError } from '../errors/api-error.ts';
import type { Log } from '../log/log.ts';
import type { Client } from './client.ts';
import type { Informer } from './informer.ts';
import { retryDelay, waitFor } from './retry.ts';

interface InformerOptions {
  clock: Clock;
  log: Log;
}

/** Lists, then watches from there; lists again when the server has forgotten what came since. */
export function createInformer<T extends KubeObject>(
  client: Client,
  resource: Resource,
  { clock, log }: InformerOptions,
): Informer<T> {
  const objects = new Map<string, T>();
  const callbacks: ((name: string) => void)[] = [];
  let version: string | undefined;
  let failures = 0;

  const changed = (name: string): void => {
    for (const callback of callbacks) callback(name);
  };

  async function relist(): Promise<void> {
    const list = await client.list<T>(resource);
    const before = new Map(objects);
    objects.clear();
    for (const object of list.items) objects.set(object.metadata.name, object);
    version = list.metadata.resourceVersion;
    for (const name of new Set([...before.keys(), ...objects.keys()])) {
      if (isDifferent(before.get(name), objects.get(name))) changed(name);
    }
  }

  function take({ type, object }: WatchEvent<T>): void {
    const { name, resourceVersion } = object.metadata;
    version = resourceVersion ?? version;
    failures = 0;
    if (type === 'BOOKMARK') return;
    if (type === 'DELETED') objects.delete(name);
    else objects.set(name, object);
    changed(name);
  }

  async function follow(signal: AbortSignal): Promise<void> {
    if (version === undefined) await relist();
    const options = {
      allowWatchBookmarks: true,
      signal,
      ...(version === undefined ? {} : { resourceVersion: version }),
    };
    for await (const event of client.watch<T>(resource, options)) take(event);
  }

  async function keepUp(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const began = clock.now();
      try {
        await follow(signal);
        // The server may end a watch at any time; one that does so at once is not asked again and again.
        if (clock.now() - began > SHORT) failures = 0;
      } catch (error) {
        if (isApiError(error, 'Expired') || isApiError(error, 'Gone')) version = undefined;
        else log.warn({ err: error, resource: qualifiedName(resource) }, 'watch broke off, connecting again');
      }
      if (!signal.aborted) await pause(signal);
    }
  }

  async function pause(signal: AbortSignal): Promise<void> {
    failures += 1;
    await waitFor(clock, retryDelay(failures), signal);
  }

  return {
    get: (name) => objects.get(name),
    list: () => [...objects.values()],
    onChange: (callback) => void callbacks.push(callback),
    async start(signal) {
      while (version === undefined && !signal.aborted) {
        try {
          await relist();
        } catch (error) {
          log.warn({ err: error, resource: qualifiedName(resource) }, 'list failed, trying again');
          await pause(signal);
        }
      }
      failures = 0;
      void keepUp(signal);
    },
  };
}

/** Milliseconds; a watch that lasted less counts as failed. */
const SHORT = 1000;

function isDifferent(before: KubeObject | undefined, after: KubeObject | undefined): boolean {
  return (
    before?.metadata.uid !== after?.metadata.uid || before?.metadata.resourceVersion !== after?.metadata.resourceVersion
  );
}
