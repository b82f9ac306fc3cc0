import { setTimeout as delay } from 'node:timers/promises';
import type Docker from 'dockerode';
import { LABEL_INSTALL, LABEL_UID } from '../../../api/labels.ts';
import type { Log } from '../../../log/log.ts';
import { engineMessage } from './errors.ts';
import { jsonLines } from './json-lines.ts';

const FIRST_DELAY = 250;
const MAX_DELAY = 5_000;

export interface WatchOptions {
  docker: Docker;
  install: string;
  log: Log;
  onChange(uid: string | undefined): void;
  signal: AbortSignal;
}

/** Follows the engine's events until the signal, across its restarts. Never rejects. */
export async function watchMachines(options: WatchOptions): Promise<void> {
  const { log, onChange, signal } = options;
  let wait = FIRST_DELAY;
  const connected = (): void => {
    wait = FIRST_DELAY;
    // Whatever happened before is not among the events to come.
    onChange(undefined);
  };
  while (!signal.aborted) {
    try {
      await followEvents(options, connected);
    } catch (error) {
      if (!signal.aborted) log.debug({ err: engineMessage(error) }, 'no events from the engine');
    }
    if (signal.aborted) return;
    // The stream ends when the engine does: what was known of the machines is no longer true.
    if (wait === FIRST_DELAY) onChange(undefined);
    await pause(wait, signal);
    wait = Math.min(wait * 2, MAX_DELAY);
  }
}

async function followEvents(options: WatchOptions, connected: () => void): Promise<void> {
  const { docker, install, onChange, signal } = options;
  const stream = await docker.getEvents({
    filters: {
      type: ['container'],
      event: ['start', 'die', 'destroy', 'pause', 'unpause'],
      label: [`${LABEL_INSTALL}=${install}`],
    },
    abortSignal: signal,
  });
  connected();
  for await (const event of jsonLines(stream)) {
    const actor = event['Actor'] as { Attributes?: Record<string, string> } | undefined;
    onChange(actor?.Attributes?.[LABEL_UID]);
  }
}

async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  try {
    await delay(milliseconds, undefined, { signal, ref: false });
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}
