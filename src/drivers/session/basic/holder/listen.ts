import { lstatSync, rmSync, watch } from 'node:fs';
import type { FSWatcher } from 'node:fs';
import { createServer } from 'node:net';
import type { Server, Socket } from 'node:net';

export interface Listener {
  /** Takes the socket away, lets those who are connected go, and resolves when they have gone. */
  close(): Promise<void>;
}

/** Milliseconds that others get to take what was sent to them. */
const FAREWELL = 1000;

interface Place {
  server: Server;
  watcher: FSWatcher;
  /** Of the socket at the path. */
  identity: string | undefined;
}

/**
 * Listens on the socket, in the place of one that a dead holder has left behind; open to this user alone from its first moment. A
 * socket that somebody takes away is made anew.
 * @param onGone called when the path leads to somebody else, or no socket can be made there: nobody will come any more
 * @throws Error when it cannot be bound
 */
export async function listen(path: string, on: { connection(socket: Socket): void; gone(): void }): Promise<Listener> {
  const connections = new Set<Socket>();
  let place = await occupy();
  let moving = Promise.resolve();

  async function occupy(): Promise<Place> {
    const server = createServer((socket) => {
      connections.add(socket);
      socket.once('close', () => connections.delete(socket));
      on.connection(socket);
    });
    await bind(server, path);
    const watcher = watch(path, look);
    watcher.on('error', () => undefined);
    return { server, watcher, identity: identityOf(path) };
  }
  function look(): void {
    const found = identityOf(path);
    if (found === place.identity) return;
    place.watcher.close();
    if (found !== undefined) return on.gone();
    // Those who are connected stay.
    place.server.close();
    moving = move();
  }
  async function move(): Promise<void> {
    try {
      place = await occupy();
    } catch {
      on.gone();
    }
  }

  return {
    async close() {
      await moving;
      place.watcher.close();
      // In one go: whoever finds no socket may start another holder, whose socket stays. Closing takes away what is at the path.
      if (identityOf(path) === place.identity) place.server.close();
      const closed = Promise.all(
        [...connections].map((socket) => new Promise((resolve) => socket.once('close', resolve))),
      );
      for (const socket of connections) socket.end();
      setTimeout(() => connections.forEach((socket) => socket.destroy()), FAREWELL).unref();
      await closed;
    },
  };
}

function bind(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.once('listening', resolve);
    rmSync(path, { force: true });
    const umask = process.umask(0o177);
    try {
      // Binds before it returns; only the event comes later.
      server.listen(path);
    } finally {
      process.umask(umask);
    }
  });
}

function identityOf(path: string): string | undefined {
  try {
    const { dev, ino } = lstatSync(path);
    return `${dev}:${ino}`;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
