import { isDeepStrictEqual } from 'node:util';
import type { Clock } from '../clock/clock.ts';
import type { Log } from '../log/log.ts';
import { followGuest } from './follow.ts';
import type { GuestObservation, Guests } from './guests.ts';

interface Followed {
  target: string;
  socket: string;
  observation: GuestObservation;
  stop(): void;
}

const UNKNOWN: GuestObservation = { answering: false, message: 'the machine has not answered yet', ports: [] };

/** Follows the guests of all running machines, one connection each. */
export function createGuests({ log, clock }: { log: Log; clock: Clock }): Guests & { close(): void } {
  const followed = new Map<string, Followed>();
  const watchers = new Set<(uid: string) => void>();

  function report(uid: string, entry: Followed, observation: GuestObservation): void {
    if (followed.get(uid) !== entry || isDeepStrictEqual(entry.observation, observation)) return;
    if (entry.observation.answering !== observation.answering) {
      log.debug({ uid, answering: observation.answering, message: observation.message }, 'guest');
    }
    entry.observation = observation;
    tell(uid);
  }
  function tell(uid: string): void {
    for (const onChange of watchers) onChange(uid);
  }
  function forget(uid: string): void {
    followed.get(uid)?.stop();
    followed.delete(uid);
  }

  return {
    follow(uid, { endpoint, target }) {
      const before = followed.get(uid);
      if (before?.target === target && before.socket === endpoint.socket) return;
      forget(uid);
      const entry: Followed = { target, socket: endpoint.socket, observation: UNKNOWN, stop: () => undefined };
      followed.set(uid, entry);
      entry.stop = followGuest(endpoint, clock, (observation) => report(uid, entry, observation));
      if (before && !isDeepStrictEqual(before.observation, UNKNOWN)) tell(uid);
    },
    forget,
    observe: (uid) => followed.get(uid)?.observation ?? UNKNOWN,
    watch(onChange, signal) {
      watchers.add(onChange);
      signal.addEventListener('abort', () => watchers.delete(onChange), { once: true });
    },
    close() {
      for (const uid of [...followed.keys()]) forget(uid);
      watchers.clear();
    },
  };
}
