import { createHash } from 'node:crypto';
import type { Event } from '../api/event.ts';
import type { KubeObject } from '../api/meta.ts';
import { DEFAULT_NAMESPACE, EVENTS } from '../api/scheme.ts';
import type { Clock } from '../clock/clock.ts';
import { timestamp } from '../clock/clock.ts';
import { isApiError } from '../errors/api-error.ts';
import type { Log } from '../log/log.ts';
import type { Client } from './client.ts';
import type { EventRecorder } from './recorder.ts';

interface RecorderOptions {
  /** Who records, as in `workspace-controller`. */
  component: string;
  clock: Clock;
  log: Log;
}

/** Events of one kind that wait to be written. */
type Pending = Event;

/** Kinds of events that wait at most; an event that comes on top is dropped and logged. */
const MAX_PENDING = 1000;
const MAX_MESSAGE = 4096;
const ATTEMPTS = 3;

/**
 * Writes events one after the other. The same thing said again about the same object is one Event with a higher count: its name follows
 * from what it says, so that this holds across restarts.
 */
export function createRecorder(
  client: Client,
  { component, clock, log }: RecorderOptions,
): EventRecorder & {
  /** Resolves when everything recorded so far is written, or given up. */
  flush(): Promise<void>;
} {
  const pending = new Map<string, Pending>();
  let working: Promise<void> | undefined;

  function add(event: Event): void {
    const { name } = event.metadata;
    const waiting = pending.get(name);
    if (waiting) {
      waiting.count += 1;
      waiting.lastTimestamp = event.lastTimestamp;
    } else if (pending.size < MAX_PENDING) {
      pending.set(name, event);
    } else {
      log.warn({ reason: event.reason, object: event.involvedObject.name }, 'too many events at once, one is dropped');
    }
    working ??= work();
  }

  async function work(): Promise<void> {
    // What is recorded in the same breath is written as one.
    await Promise.resolve();
    for (let [next] = pending.values(); next; [next] = pending.values()) {
      pending.delete(next.metadata.name);
      try {
        await write(client, next);
      } catch (error) {
        log.warn({ err: error, reason: next.reason, object: next.involvedObject.name }, 'an event was not recorded');
      }
    }
    working = undefined;
  }

  return {
    event(object, type, reason, message) {
      try {
        add(toEvent(object, { type, reason, message: message.slice(0, MAX_MESSAGE) }, component, timestamp(clock)));
      } catch (error) {
        log.warn({ err: error, reason }, 'an event was not recorded');
      }
    },
    async flush() {
      while (working) await working;
    },
  };
}

/** Adds to the Event of that name, or creates it. */
async function write(client: Client, event: Event): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await createOrAdd(client, event);
      return;
    } catch (error) {
      // Somebody else wrote it, or it expired, in between.
      if (!(isApiError(error, 'Conflict') || isApiError(error, 'NotFound')) || attempt === ATTEMPTS) throw error;
    }
  }
}

async function createOrAdd(client: Client, event: Event): Promise<void> {
  try {
    await client.create(EVENTS, event);
  } catch (error) {
    if (!isApiError(error, 'AlreadyExists')) throw error;
    const { count, metadata } = await client.get<Event>(EVENTS, event.metadata.name);
    const { resourceVersion } = metadata;
    await client.patch(EVENTS, metadata.name, {
      metadata: { resourceVersion },
      count: count + event.count,
      lastTimestamp: event.lastTimestamp,
    });
  }
}

function toEvent(
  object: Pick<KubeObject, 'apiVersion' | 'kind' | 'metadata'>,
  what: Pick<Event, 'type' | 'reason' | 'message'>,
  component: string,
  now: string,
): Event {
  const { name, namespace, uid, resourceVersion } = object.metadata;
  return {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { name: eventName(object, what, component), namespace: DEFAULT_NAMESPACE },
    involvedObject: {
      apiVersion: object.apiVersion,
      kind: object.kind,
      name,
      ...(namespace === undefined ? {} : { namespace }),
      ...(uid === undefined ? {} : { uid }),
      ...(resourceVersion === undefined ? {} : { resourceVersion }),
    },
    ...what,
    count: 1,
    firstTimestamp: now,
    lastTimestamp: now,
    source: { component },
    reportingComponent: component,
    reportingInstance: '',
  };
}

/** A DNS name that begins with the object's, where that can be told. */
function eventName(
  { kind, metadata }: Pick<KubeObject, 'kind' | 'metadata'>,
  { type, reason, message }: Pick<Event, 'type' | 'reason' | 'message'>,
  component: string,
): string {
  const identity = JSON.stringify([kind, metadata.name, metadata.uid, type, reason, message, component]);
  const hash = createHash('sha256').update(identity).digest('hex').slice(0, 16);
  const readable = metadata.name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+/, '')
    .slice(0, 200);
  return readable === '' ? hash : `${readable}.${hash}`.replace(/-+\./, '.');
}
