import { REASON } from '../api/conditions.ts';
import { RetryError } from '../errors/reconcile-errors.ts';
import { createControlClient } from './control-client.ts';
import type { WatchMessage } from './protocol.ts';
import { createPublications } from './publications.ts';
import type { RouteHandlers, Routes } from './routes.ts';
import { ensureProxy, stopProxy, type ProxyProcess } from './start-process.ts';

export interface ProxyRoutes extends Routes {
  /** Stops talking to the proxy, and leaves it running for the next daemon. */
  close(): void;
  /** Ends the proxy and waits until it has let go. Nothing to do when none runs. */
  shutdown(): Promise<void>;
}

const FIRST_RETRY_MS = 100;
const MAX_RETRY_MS = 30_000;
/** Milliseconds after which a proxy that dies is no longer taken for one that cannot live. */
const STABLE_MS = 60_000;

/**
 * The proxy as the daemon sees it: taken over or started, and started again whenever it dies. Settles after the first try; when
 * that fails, what is asked meanwhile is answered with RetryError ProxyUnavailable.
 */
export async function createProxyRoutes(options: ProxyProcess): Promise<ProxyRoutes> {
  const { clock, log } = options;
  const client = createControlClient(options.socket);
  const publications = createPublications(client);
  const watchers = new Set<RouteHandlers>();
  const notify = (workspace: string | undefined): void => {
    for (const { onChange } of watchers) onChange(workspace);
  };
  /** Wanted before anybody watched: a proxy that is taken over tells at once what has come in without a daemon. */
  const untold = new Set<string>();
  let state: State = { problem: 'it is being started' };
  let closed = false;
  let stopWatch = (): void => undefined;
  let cancelRetry = (): void => undefined;
  let retryAfter = FIRST_RETRY_MS;

  const connect = async (): Promise<void> => {
    try {
      const hello = await ensureProxy(options, client);
      publications.clear();
      const since = clock.now();
      stopWatch = await client.watch({
        onMessage,
        onEnd() {
          if (clock.now() - since > STABLE_MS) retryAfter = FIRST_RETRY_MS;
          connectAgain('it has ended and is being started again');
        },
      });
      log.info({ pid: hello.pid }, 'the proxy serves');
    } catch (error) {
      connectAgain((error as Error).message);
      return;
    }
    if (closed) {
      stopWatch();
      return;
    }
    state = 'connected';
    notify(undefined);
  };
  function onMessage(message: WatchMessage): void {
    if (message.type === 'wanted') tellWanted(message.workspace);
    else if (publications.update(message)) notify(message.workspace);
  }
  function tellWanted(workspace: string): void {
    if (watchers.size === 0) untold.add(workspace);
    for (const { onWanted } of watchers) onWanted(workspace);
  }
  function connectAgain(problem: string): void {
    if (closed) return;
    log.warn({ problem, retryAfter }, 'no proxy');
    state = { problem };
    cancelRetry = clock.after(retryAfter, () => void connect());
    retryAfter = Math.min(retryAfter * 2, MAX_RETRY_MS);
  }

  await connect();
  const guarded = guard(() => state);
  return {
    publish: (route) => guarded(() => publications.publish(route)),
    describe: (workspace, description) => guarded(() => publications.describe(workspace, description)),
    withdraw: (workspace) => guarded(() => publications.withdraw(workspace)),
    list: () => guarded(() => client.workspaces()),
    watch(handlers, signal) {
      watchers.add(handlers);
      for (const workspace of untold) handlers.onWanted(workspace);
      untold.clear();
      signal.addEventListener('abort', () => watchers.delete(handlers), { once: true });
    },
    close: () => end(),
    async shutdown() {
      end();
      const last = createControlClient(options.socket);
      await stopProxy(last).finally(() => last.close());
    },
  };

  function end(): void {
    closed = true;
    cancelRetry();
    stopWatch();
    client.close();
    watchers.clear();
    state = { problem: 'the daemon is ending' };
  }
}

type State = 'connected' | { problem: string };

function guard(state: () => State): <T>(action: () => Promise<T>) => Promise<T> {
  return async (action) => {
    const now = state();
    if (now !== 'connected') throw new RetryError(REASON.proxyUnavailable, `The proxy cannot be told: ${now.problem}.`);
    try {
      return await action();
    } catch (error) {
      const { message } = error as Error;
      throw new RetryError(REASON.proxyUnavailable, `The proxy cannot be told: ${message}.`, { cause: error });
    }
  };
}
