import { setTimeout as delay } from 'node:timers/promises';
import { WORKSPACES } from '../../../api/scheme.ts';
import type { Workspace } from '../../../api/types.ts';
import type { Client } from '../../../client/client.ts';
import { ConnectionError } from '../../../client/connection-error.ts';
import { isApiError } from '../../../errors/api-error.ts';
import { formatDuration } from '../../shared/age.ts';
import { CliError, SilentExit } from '../../shared/errors.ts';
import { describeProgress } from './state.ts';

export interface WaitOptions {
  /** May throw to give up. */
  until(workspace: Workspace): boolean;
  /** Milliseconds. */
  timeout: number;
  /** The user's ^C. */
  interruption: AbortSignal;
  onChange?(workspace: Workspace): void;
}

/** A server that ends every watch at once is not asked more often than this, in milliseconds. */
const PAUSE = 200;

/** What a timer can hold, in milliseconds. */
const LONGEST = 2 ** 31 - 1;

/** Follows a Workspace until it is as wanted. @throws CliError when it goes away or the time is over, saying how far it came */
export async function waitForWorkspace(client: Client, name: string, options: WaitOptions): Promise<Workspace> {
  const signal = AbortSignal.any([options.interruption, AbortSignal.timeout(Math.min(options.timeout, LONGEST))]);
  let last: Workspace | undefined;
  for await (const workspace of follow(client, name, signal)) {
    if (!workspace) throw new CliError(`workspace "${name}" was deleted`);
    last = workspace;
    if (options.until(workspace)) return workspace;
    options.onChange?.(workspace);
  }
  if (options.interruption.aborted) throw new SilentExit(130);
  const state = last ? ` (${describeProgress(last)})` : '';
  throw new CliError(`timed out after ${formatDuration(options.timeout)} waiting for workspace "${name}"${state}`);
}

/** It as it is, and again whenever it changes; undefined when it is gone. Ends by the signal alone: a daemon that goes may come back. */
async function* follow(client: Client, name: string, signal: AbortSignal): AsyncGenerator<Workspace | undefined> {
  const fieldSelector = `metadata.name=${name}`;
  while (!signal.aborted) {
    yield* changes(client, fieldSelector, signal);
    if (!signal.aborted) await delay(PAUSE);
  }
}

async function* changes(
  client: Client,
  fieldSelector: string,
  signal: AbortSignal,
): AsyncGenerator<Workspace | undefined> {
  try {
    const { items, metadata } = await client.list<Workspace>(WORKSPACES, { fieldSelector });
    yield items[0];
    if (signal.aborted) return;
    const options = { fieldSelector, resourceVersion: metadata.resourceVersion, signal };
    for await (const event of client.watch<Workspace>(WORKSPACES, options)) {
      if (event.type === 'DELETED') yield undefined;
      else if (event.type !== 'BOOKMARK') yield event.object;
    }
  } catch (error) {
    // The history that the watch wanted is gone, or the daemon is: the next list says how things are.
    if (!isApiError(error, 'Expired') && !(error instanceof ConnectionError)) throw error;
  }
}
