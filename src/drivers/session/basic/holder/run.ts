import { once } from 'node:events';
import { chmod, mkdir, readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { HolderGone, openConnection } from '../connection.ts';
import { isLogFile } from '../file-name.ts';
import { PROTOCOL } from '../protocol.ts';
import type { Hello } from '../protocol.ts';
import { createGuard } from './guard.ts';
import { listen } from './listen.ts';
import { serve } from './serve.ts';
import { createSessions } from './sessions.ts';

export interface HolderOptions {
  /** Path of the socket. */
  socket: string;
  /** Directory of the panes' output. */
  logs: string;
  /** Of Dual. */
  version: string;
  /** Of the programs. */
  umask: number;
  /** Tells something worth keeping. No secrets. */
  say(message: string): void;
  /** Ends all sessions. */
  signal: AbortSignal;
}

/** Milliseconds in which the first session has to come. */
const PATIENCE = 30_000;

/** Holds sessions until the last one ends, or the signal comes. Returns at once when somebody else does at that socket. */
export async function runHolder({ socket, logs, version, umask, say, signal }: HolderOptions): Promise<void> {
  if (await isServed(socket)) return say('sessions are held by another process');
  await prepare(logs);
  const guard = createGuard(say);
  const hello: Hello = { dual: 'sessions', protocols: [PROTOCOL, PROTOCOL], version, pid: process.pid };
  const over = new AbortController();
  const end = (why: string): void => over.abort(why);
  const sessions = createSessions({ socket, logs, umask, guard, warn: say }, () => end('the last session has ended'));
  const listener = await listen(socket, {
    connection: (connection) => void serve(connection, hello, sessions),
    gone: () => end('the socket is another one, or cannot be made again'),
  });
  say(`holding sessions at ${socket}, version ${version}, process ${process.pid}`);
  const idle = setTimeout(() => sessions.count() === 0 && end('no session has come'), PATIENCE);
  signal.addEventListener('abort', () => end('told to end'), { once: true });

  if (!over.signal.aborted) await once(over.signal, 'abort');
  say(`ending: ${over.signal.reason}`);
  clearTimeout(idle);
  const closed = listener.close();
  await sessions.destroyAll();
  await closed;
  guard.close();
}

async function isServed(socket: string): Promise<boolean> {
  try {
    (await openConnection(socket)).socket.destroy();
    return true;
  } catch (error) {
    if (error instanceof HolderGone) return false;
    throw error;
  }
}

/** What is there belongs to sessions that are gone. */
async function prepare(logs: string): Promise<void> {
  await mkdir(logs, { recursive: true, mode: 0o700 });
  await chmod(logs, 0o700);
  const stale = (await readdir(logs)).filter(isLogFile);
  await Promise.all(stale.map((name) => rm(path.join(logs, name), { force: true })));
}
