import type { Log } from '../log/log.ts';
import type { Change } from './watch-log.ts';

export type Listener = (change: Change) => void;

export interface Listeners {
  /** Tells everybody who follows that resource and has not seen that version. */
  publish(resource: string, change: Change): void;
  /** `seen`: what the listener was given already. The result ends it. */
  add(resource: string, seen: number, listener: Listener): () => void;
}

interface Subscription {
  resource: string;
  seen: number;
  listener: Listener;
}

/** Hands changes on in their order, also when a listener writes: what it causes comes after what it was told. */
export function createListeners(log: Log): Listeners {
  const subscriptions = new Set<Subscription>();
  const queue: { resource: string; change: Change }[] = [];
  let draining = false;

  function drain(): void {
    for (let next = queue.shift(); next; next = queue.shift()) {
      for (const subscription of [...subscriptions]) deliver(subscription, next.resource, next.change);
    }
  }

  function deliver(subscription: Subscription, resource: string, change: Change): void {
    if (subscription.resource !== resource || change.resourceVersion <= subscription.seen) return;
    if (!subscriptions.has(subscription)) return;
    subscription.seen = change.resourceVersion;
    try {
      subscription.listener(change);
    } catch (error) {
      // The write has happened: whoever made it must not fail because somebody who watches does.
      log.error({ err: error, resource }, 'a listener of the store failed');
    }
  }

  return {
    publish(resource, change) {
      queue.push({ resource, change });
      if (draining) return;
      draining = true;
      try {
        drain();
      } finally {
        draining = false;
      }
    },
    add(resource, seen, listener) {
      const subscription = { resource, seen, listener };
      subscriptions.add(subscription);
      return () => subscriptions.delete(subscription);
    },
  };
}
