import type { KubeObject, WatchEvent } from '../../api/meta.ts';
import { apiVersionOf } from '../../api/scheme.ts';
import type { Clock } from '../../clock/clock.ts';
import { isApiError } from '../../errors/api-error.ts';
import type { Change } from '../../store/watch-log.ts';
import type { WatchQuery } from '../rest/query.ts';
import type { Served } from '../served/served.ts';
import { createWakeUp } from './wake-up.ts';

/** Milliseconds between bookmarks, where there is anything to tell. */
const BOOKMARK_INTERVAL = 60_000;
/** Changes are read that many at a time, and only once the client has taken those before. */
const BATCH = 100;

/**
 * What a watcher is sent. It holds no more than a place in the log: one that reads slowly costs nothing, and is told `Expired` when the
 * log has moved on.
 */
export async function* watchEvents(
  served: Served,
  query: WatchQuery,
  { clock, signal }: { clock: Clock; signal: AbortSignal },
): AsyncGenerator<WatchEvent<unknown>> {
  const wakeUp = createWakeUp(served.source, signal);
  try {
    let seen = startOf(served, query);
    if (query.initialEvents) {
      const page = served.source.list({ ...(query.filter ? { filter: query.filter } : {}) });
      seen = page.resourceVersion;
      for (const object of page.items) yield { type: 'ADDED', object };
      if (query.initialEventsEnd) yield bookmark(served, seen, true);
    }
    yield* follow(served, query, { seen, wakeUp, clock, signal });
  } catch (error) {
    if (!isApiError(error, 'Expired')) throw error;
    yield { type: 'ERROR', object: error.toStatus() };
  } finally {
    wakeUp.close();
  }
}

interface Following {
  seen: number;
  wakeUp: ReturnType<typeof createWakeUp>;
  clock: Clock;
  signal: AbortSignal;
}

async function* follow(served: Served, query: WatchQuery, following: Following): AsyncGenerator<WatchEvent<unknown>> {
  const { wakeUp, clock, signal } = following;
  let { seen } = following;
  let told = seen;
  while (!signal.aborted) {
    const changes = served.source.changes(seen, BATCH);
    for (const change of changes) {
      const event = eventOf(change, query.filter);
      if (event) yield event;
      seen = change.resourceVersion;
      if (event) told = seen;
    }
    if (changes.length > 0) continue;
    const woken = await wakeUp.wait(clock, BOOKMARK_INTERVAL);
    // Nothing of this resource happened since: the log may forget what came before.
    seen = Math.max(seen, woken.unchangedUntil);
    if (query.bookmarks && woken.timedOut && seen > told) {
      yield bookmark(served, seen, false);
      told = seen;
    }
  }
}

function startOf({ source }: Served, { resourceVersion, initialEvents }: WatchQuery): number {
  return resourceVersion === 0 && !initialEvents ? source.resourceVersion() : resourceVersion;
}

/** What a change is to somebody who sees only some of the objects: one that begins to match is added to their world. */
function eventOf(change: Change, filter: WatchQuery['filter']): WatchEvent<KubeObject> | undefined {
  const { type, object, previous } = change;
  if (!filter) return { type, object };
  const before = previous !== undefined && filter(previous);
  const after = type !== 'DELETED' && filter(object);
  if (before && after) return { type: 'MODIFIED', object };
  if (after) return { type: 'ADDED', object };
  if (!before) return undefined;
  const { resourceVersion } = object.metadata;
  const last = { ...previous, metadata: { ...previous.metadata, ...(resourceVersion ? { resourceVersion } : {}) } };
  return { type: 'DELETED', object: last };
}

function bookmark({ resource }: Served, resourceVersion: number, initialEventsEnd: boolean): WatchEvent<unknown> {
  const annotations = initialEventsEnd ? { annotations: { 'k8s.io/initial-events-end': 'true' } } : {};
  return {
    type: 'BOOKMARK',
    object: {
      kind: resource.kind,
      apiVersion: apiVersionOf(resource),
      metadata: { resourceVersion: String(resourceVersion), creationTimestamp: null, ...annotations },
    },
  };
}
