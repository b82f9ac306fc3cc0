import { watch } from 'node:fs';
import path from 'node:path';
import type { Clock } from '../clock/clock.ts';
import type { GuestEndpoint } from '../drivers/container/driver.ts';
import { dial } from './dial.ts';
import type { GuestObservation } from './guests.ts';
import { handshake } from './handshake.ts';
import { followPorts } from './ports-stream.ts';

/** Milliseconds. A machine that has just started answers after a few hundred. */
const FIRST_RETRY = 20;
const LAST_RETRY = 2000;
/** Milliseconds that a connection must have lasted for the next failure to count as a first one. */
const STABLE = 1000;
/** Milliseconds from the socket's appearance until it is worth trying: it is bound before it listens. */
const SETTLE = 10;
/** Milliseconds without a word, after which a guest is taken for dead; it says something every 30 s. */
const SILENCE = 45_000;

/** Keeps one connection to a guest, again and again, and reports what is known of it. The result ends that. */
export function followGuest(
  endpoint: GuestEndpoint,
  clock: Clock,
  report: (observation: GuestObservation) => void,
): () => void {
  const stopped = new AbortController();
  void keepConnected(endpoint, { clock, report, stopped: stopped.signal });
  return () => stopped.abort();
}

interface Context {
  clock: Clock;
  report: (observation: GuestObservation) => void;
  stopped: AbortSignal;
}

async function keepConnected(endpoint: GuestEndpoint, context: Context): Promise<void> {
  let delay = FIRST_RETRY;
  while (!context.stopped.aborted) {
    const began = context.clock.now();
    const message = await connectOnce(endpoint, context);
    if (context.stopped.aborted) return;
    context.report({ answering: false, message, ports: [] });
    if (context.clock.now() - began >= STABLE) delay = FIRST_RETRY;
    const appeared = await pause(endpoint, delay, context);
    delay = appeared ? FIRST_RETRY : Math.min(LAST_RETRY, delay * 2);
  }
}

/** One connection, from handshake to end. Tells why it ended. */
async function connectOnce(endpoint: GuestEndpoint, { clock, report, stopped }: Context): Promise<string> {
  const agent = dial(endpoint);
  const hangUp = (): void => agent.destroy();
  stopped.addEventListener('abort', hangUp, { once: true });
  let cancel: () => void = () => undefined;
  const stayAwake = (): void => {
    cancel();
    cancel = clock.after(SILENCE, hangUp);
  };
  try {
    await handshake(endpoint, { agent });
    stayAwake();
    return await followPorts(agent, (ports) => {
      stayAwake();
      if (!stopped.aborted) report({ answering: true, ports });
    });
  } catch (error) {
    return (error as Error).message;
  } finally {
    cancel();
    agent.destroy();
    stopped.removeEventListener('abort', hangUp);
  }
}

/** Waits that long, or until the socket appears, which it tells. */
function pause(endpoint: GuestEndpoint, milliseconds: number, { clock, stopped }: Context): Promise<boolean> {
  return new Promise((resolve) => {
    let settle: () => void = () => undefined;
    const unwatch = watchFor(endpoint.socket, () => {
      settle();
      settle = clock.after(SETTLE, () => done(true));
    });
    const cancel = clock.after(milliseconds, () => done(false));
    const abort = (): void => done(false);
    stopped.addEventListener('abort', abort, { once: true });
    function done(appeared: boolean): void {
      unwatch();
      settle();
      cancel();
      stopped.removeEventListener('abort', abort);
      resolve(appeared);
    }
  });
}

function watchFor(file: string, onEvent: () => void): () => void {
  try {
    const watcher = watch(path.dirname(file), { persistent: false }, (_, name) => {
      if (name === path.basename(file)) onEvent();
    });
    watcher.on('error', onEvent);
    return () => watcher.close();
  } catch (error) {
    // Not there yet, or no watches left: the timer alone has to do.
    if (['ENOENT', 'EACCES', 'ENOSPC', 'EMFILE'].includes((error as NodeJS.ErrnoException).code ?? ''))
      return () => undefined;
    throw error;
  }
}
