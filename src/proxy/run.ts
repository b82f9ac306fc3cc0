import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '../clock/clock.ts';
import type { Log } from '../log/log.ts';
import { createControlClient } from './control-client.ts';
import { createControl, listenOnSocket, socketIdentity } from './control.ts';
import { acquireLock } from '../exec/process-lock.ts';
import { createMetrics } from './metrics.ts';
import { PROTOCOL, type ProxyHello } from './protocol.ts';
import { createProxy } from './proxy.ts';
import { createTls } from './tls/tls.ts';

export interface RunOptions {
  /** Path of the control socket. */
  socket: string;
  listen: string[];
  /** Directory of the certificate authority's files, where there may be some. */
  ca: string;
  version: string;
  log: Log;
  clock: Clock;
  /** Ends the proxy. */
  signal: AbortSignal;
}

/** Serves until it is told to stop, or its socket is gone. Returns at once when another proxy serves that socket. */
export async function runProxy({ socket, listen, ca, version, log, clock, signal }: RunOptions): Promise<void> {
  const unlock = await becomeOnly(socket);
  if (!unlock) {
    log.info({ socket }, 'another proxy serves this socket');
    return;
  }
  const stop = new AbortController();
  signal.addEventListener('abort', () => stop.abort());
  const proxy = createProxy({ listen, tls: createTls({ dir: ca, clock, log }), clock, log });
  const hello: ProxyHello = { dual: 'proxy', protocols: [PROTOCOL, PROTOCOL], version, pid: process.pid, listen };
  const control = createControl({
    proxy,
    hello,
    metrics: createMetrics(proxy.traffic, { clientConnections: () => proxy.connections() }),
    access: proxy.access,
    onShutdown: () => stop.abort(),
  });
  const identity = await listenOnSocket(control, socket);
  log.info({ socket, listen, version, pid: process.pid }, 'serving');

  await untilGone(socket, identity, stop.signal);
  log.info('stopping');
  proxy.close();
  // Closing removes whatever is at the path by then, which may be another proxy's.
  if ((await socketIdentity(socket)) === identity) await control.close();
  unlock();
}

const LOCK_TIMEOUT_MS = 10_000;

/** Waits for a proxy that is on its way out, not for one that serves. @returns how to let the next one be it */
async function becomeOnly(socket: string): Promise<(() => void) | undefined> {
  const client = createControlClient(socket);
  const deadline = Date.now() + LOCK_TIMEOUT_MS;
  try {
    for (;;) {
      const unlock = acquireLock(`${socket}.lock`);
      if (await client.hello()) {
        unlock?.();
        return undefined;
      }
      if (unlock || Date.now() > deadline) return unlock;
      await sleep(50);
    }
  } finally {
    client.close();
  }
}

const CHECK_MS = 5_000;

/** Without its socket a proxy can no longer be told anything: it must not keep the ports from the next one. */
async function untilGone(socket: string, identity: string | undefined, signal: AbortSignal): Promise<void> {
  while (!signal.aborted && (await socketIdentity(socket)) === identity) {
    await sleep(CHECK_MS, undefined, { signal }).catch((error: Error) => {
      if (error.name !== 'AbortError') throw error;
    });
  }
}
