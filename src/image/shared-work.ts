import { untilAborted } from '../exec/keyed-lock.ts';

export type SharedWork<T> = (
  key: string,
  work: (signal: AbortSignal) => Promise<T>,
  signal?: AbortSignal,
) => Promise<T>;

interface Flight<T> {
  controller: AbortController;
  waiters: number;
  result: Promise<T>;
}

/** Work that is done once per key however many ask at the same time, and is stopped when nobody waits for it any more. */
export function createSharedWork<T>(): SharedWork<T> {
  const flights = new Map<string, Flight<T>>();

  const launch = (key: string, work: (signal: AbortSignal) => Promise<T>): Flight<T> => {
    const controller = new AbortController();
    const flight: Flight<T> = { controller, waiters: 0, result: work(controller.signal) };
    flights.set(key, flight);
    const done = (): void => {
      if (flights.get(key) === flight) flights.delete(key);
    };
    flight.result.then(done, done);
    return flight;
  };

  return async (key, work, signal) => {
    signal?.throwIfAborted();
    const flight = flights.get(key) ?? launch(key, work);
    flight.waiters += 1;
    try {
      return await untilAborted(flight.result, signal);
    } finally {
      flight.waiters -= 1;
      if (flight.waiters === 0 && flights.get(key) === flight) {
        flights.delete(key);
        flight.controller.abort();
      }
    }
  };
}
