import { lstatSync, rmSync, watch } from 'node:fs';
import { createServer } from 'node:net';
import type { Server, Socket } from 'node:net';

export interface Listener {
  /** Takes the socket away, lets those who are connected go, and resolves when they have gone. */
  close(): Promise<void>;
}

/** Milliseconds that others get to take what was sent to them. */
const FAREWELL = 1000;

/**
 * Listens on the socket, in the place of one that a dead holder has left behind; open to this user alone from its first moment.
 * @param onGone called when the path no longer leads here: nobody will come any more
 * @throws Error when it cannot be bound
 */
export async function listen(path: string, on: { connection(socket: Socket): void; gone(): void }): Promise<Listener> {
  const connections = new Set<Socket>();
  const server = createServer((socket) => {
    connections.add(socket);
    socket.once('close', () => connections.delete(socket));
    on.connection(socket);
  });
  await bind(server, path);
  const identity = identityOf(path);
  const watcher = watch(path, () => {
    if (identityOf(path) !== identity) on.gone();
  });
  watcher.on('error', () => undefined);
  return {
    async close() {
      watcher.close();
      // First, and in one go: whoever finds no socket may start another holder, whose socket stays.
      if (identityOf(path) === identity) rmSync(path);
      const closed = new Promise<void>((resolve) => {
        server.close(() => resolve());
      });
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
