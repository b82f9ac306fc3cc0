import net from 'node:net';

/**
 * Whether a socket is left of a program that has ended: nobody answers there, and whoever is to, makes it anew. Those of other network
 * namespaces cannot be told by the kernel's list.
 */
export function isDead(socket: string): Promise<boolean> {
  return new Promise((resolve) => {
    const connection = net.connect({ path: socket });
    const end = (dead: boolean): void => {
      connection.destroy();
      resolve(dead);
    };
    connection.once('connect', () => end(false));
    connection.once('error', (error: NodeJS.ErrnoException) =>
      end(['ECONNREFUSED', 'ENOENT'].includes(error.code ?? '')),
    );
  });
}
