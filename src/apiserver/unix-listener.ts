import { chmod, lstat, mkdir, mkdtemp, rename, rm, rmdir } from 'node:fs/promises';
import { createConnection } from 'node:net';
import type { Server } from 'node:http';
import path from 'node:path';

/** Bytes of `sun_path`, less the one that ends it. */
const SOCKET_PATH_MAX = process.platform === 'linux' ? 107 : 103;

/**
 * Listens on a unix socket that only its owner can open. The socket is made in a private directory and moved into place, so that it is
 * never open to others, and a socket that was left behind is replaced in one step. The result takes it away again.
 * @throws Error when somebody listens there already, or something else is at that path
 */
export async function listenOnSocket(server: Server, socketPath: string): Promise<() => Promise<void>> {
  const dir = path.dirname(socketPath);
  refuseTooLong(socketPath, dir);
  await ensurePrivate(dir);
  await refuseTaken(socketPath);
  const nursery = await mkdtemp(path.join(dir, '.'));
  const born = path.join(nursery, 's');
  try {
    await listen(server, born);
    await chmod(born, 0o600);
    await rename(born, socketPath);
  } finally {
    await rmdir(nursery);
  }
  const { ino } = await lstat(socketPath);
  return async () => {
    if ((await stateOf(socketPath))?.ino === ino) await rm(socketPath, { force: true });
  };
}

function refuseTooLong(socketPath: string, dir: string): void {
  const longest = Math.max(Buffer.byteLength(socketPath), Buffer.byteLength(path.join(dir, '.XXXXXX', 's')));
  if (longest <= SOCKET_PATH_MAX) return;
  throw new Error(`${socketPath} is ${longest - SOCKET_PATH_MAX} bytes too long for a socket: use a shorter directory`);
}

async function ensurePrivate(dir: string): Promise<void> {
  await mkdir(dir, { recursive: true, mode: 0o700 });
  const { mode, uid } = await lstat(dir);
  const isShared = (mode & 0o1000) !== 0;
  if (!isShared && uid === process.getuid?.() && (mode & 0o077) !== 0) await chmod(dir, 0o700);
}

async function refuseTaken(socketPath: string): Promise<void> {
  const found = await stateOf(socketPath);
  if (!found) return;
  if (!found.isSocket()) throw new Error(`${socketPath} is not a socket: move it away`);
  if (await isAnswering(socketPath)) throw new Error(`${socketPath} is in use: another daemon is running`);
}

async function isAnswering(socketPath: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const socket = createConnection(socketPath);
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ECONNREFUSED' || error.code === 'ENOENT') resolve(false);
      else reject(error);
    });
  });
}

async function stateOf(file: string): Promise<Awaited<ReturnType<typeof lstat>> | undefined> {
  try {
    return await lstat(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

async function listen(server: Server, socketPath: string): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ path: socketPath }, () => {
      server.off('error', reject);
      resolve();
    });
  });
}
