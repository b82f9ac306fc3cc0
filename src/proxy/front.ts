import net from 'node:net';
import type { TLSSocket } from 'node:tls';
import { ClientConnection } from './client-connection.ts';
import { unmapped } from './proc/address.ts';
import type { FrontContext } from './front-context.ts';

/** Serves one port, on each of its addresses, for every workspace. */
export interface Front {
  /** A server, not yet listening. */
  createServer(): net.Server;
  /** Ends its connections: those that are idle at once, the others after the answer that is being given. */
  close(): void;
}

export function createFront(port: number, context: FrontContext): Front {
  const own = new Set<ClientConnection>();

  function serve(socket: net.Socket, over: TLSSocket | undefined): void {
    const address = unmapped(socket.remoteAddress ?? '');
    const connection = new ClientConnection(
      {
        socket: over ?? socket,
        client: { address, secure: over !== undefined },
        port,
        findOwner: () => ownerOf(socket, context),
        ...(!over && {
          startTls(first) {
            own.delete(connection);
            startTls(socket, first);
          },
        }),
      },
      context,
    );
    own.add(connection);
    socket.once('close', () => own.delete(connection));
  }

  function startTls(socket: net.Socket, first: Buffer): void {
    socket.on('error', () => socket.destroy());
    try {
      if (context.tls.enabled()) serve(socket, context.tls.terminate(socket, first));
      else socket.destroy();
    } catch (error) {
      context.log.warn({ err: error }, 'a connection could not be made one of TLS');
      socket.destroy();
    }
  }

  return {
    createServer: () => net.createServer({ allowHalfOpen: true, noDelay: true }, (socket) => serve(socket, undefined)),
    close() {
      for (const connection of own) connection.close();
    },
  };
}

/** The workspace in whose clone the process at the other end stands. */
async function ownerOf(socket: net.Socket, { directories, peers, log }: FrontContext): Promise<string | undefined> {
  const { remoteAddress, remotePort, localAddress, localPort } = socket;
  if (remoteAddress === undefined || remotePort === undefined) return undefined;
  if (localAddress === undefined || localPort === undefined) return undefined;
  try {
    return await peers.workspaceOf({ remoteAddress, remotePort, localAddress, localPort }, await directories());
  } catch (error) {
    log.warn({ err: error }, 'it is not known who asks for localhost');
    return undefined;
  }
}
