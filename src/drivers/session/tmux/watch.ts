import { stat } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import type { Tmux } from './command.ts';
import { controlLines } from './control.ts';
import { READ_AND_WAIT } from './script.ts';

/** Milliseconds between two looks at the socket's file while there is no server. */
const PROBE = 2000;
/** Milliseconds until a server that did not answer is tried again, as long as its socket is there. */
const RETRY = 10_000;
/** Milliseconds in which changes are gathered. */
const SETTLE = 50;

export interface WatchOptions {
  tmux: Tmux;
  socket: string;
  /** tmux's name of a session, or undefined when anything may have changed. */
  onChange(name: string | undefined): void;
  signal: AbortSignal;
}

/**
 * One client waits for the channel that the hooks of the server signal. It sleeps until something happens, and ends with the
 * server, so that its death is seen at once. Without a server only the socket's file is looked at.
 */
export async function watchServer(options: WatchOptions): Promise<void> {
  const { socket, onChange, signal } = options;
  let before: string | undefined;
  let wasThere = false;
  while (!signal.aborted) {
    before = await identityOf(socket);
    const isThere = before !== undefined && (await passChanges(options));
    if (signal.aborted) return;
    if (wasThere && !isThere) onChange(undefined);
    wasThere = isThere;
    await (isThere ? sleep(SETTLE, signal) : untilReplaced(socket, before, signal));
  }
}

/** Passes on what has changed, and waits until there is more. Whether there is a server. */
async function passChanges({ tmux, onChange, signal }: WatchOptions): Promise<boolean> {
  let isThere = false;
  for await (const line of controlLines(tmux, READ_AND_WAIT, signal)) {
    isThere = true;
    if (!line.startsWith('%')) new Set(line.split(' ').filter((name) => name !== '')).forEach((name) => onChange(name));
  }
  return isThere;
}

async function untilReplaced(socket: string, before: string | undefined, signal: AbortSignal): Promise<void> {
  const deadline = before === undefined ? Infinity : Date.now() + RETRY;
  while (!signal.aborted && Date.now() < deadline && (await identityOf(socket)) === before) await sleep(PROBE, signal);
}

/** Undefined when it is not there. */
async function identityOf(socket: string): Promise<string | undefined> {
  try {
    const { dev, ino, birthtimeNs } = await stat(socket, { bigint: true });
    return [dev, ino, birthtimeNs].join(':');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

async function sleep(milliseconds: number, signal: AbortSignal): Promise<void> {
  try {
    await pause(milliseconds, undefined, { signal, ref: false });
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}
