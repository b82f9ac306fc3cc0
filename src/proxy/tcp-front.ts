import net from 'node:net';
import type { FrontContext } from './front-context.ts';
import type { Front } from './front.ts';
import { TcpConnection, type TcpOptions } from './tcp-connection.ts';

/** Serves one port of one workspace's own address: every connection goes to that port inside, whatever is spoken on it. */
export function createTcpFront(workspace: string, port: number, context: FrontContext): Front {
  const sockets = new Set<net.Socket>();

  /** Tells of the connection, once it is over, if anybody listens. */
  function logger(socket: net.Socket): TcpOptions['onOver'] {
    const began = performance.now();
    const { remoteAddress: client = '' } = socket;
    return (bytes) => {
      if (!context.access.active) return;
      const what = { workspace, port, client, method: 'TCP', target: '', host: '' };
      context.access.record({ time: new Date().toISOString(), ...what, duration: performance.now() - began, ...bytes });
    };
  }

  async function accept(socket: net.Socket): Promise<void> {
    const endpoint = context.table.get(workspace)?.endpoint;
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    socket.on('error', () => socket.destroy());
    const traffic = context.traffic.of(workspace, port);
    try {
      if (!endpoint) throw new Error('it does not run');
      const channel = await context.upstreams.channel(endpoint);
      if (!socket.destroyed) new TcpConnection(socket, channel, { port, traffic, onOver: logger(socket) });
    } catch (error) {
      context.log.debug({ workspace, port, error: (error as Error).message }, 'no connection');
      traffic.errors += 1;
      socket.resetAndDestroy();
    }
  }

  return {
    createServer: () => net.createServer({ allowHalfOpen: true, noDelay: true }, (socket) => void accept(socket)),
    // Unlike a request, a connection may last for ever, and what it led to no longer listens.
    close() {
      for (const socket of sockets) socket.destroy();
    },
  };
}
