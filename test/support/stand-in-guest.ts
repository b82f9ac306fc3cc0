import { once } from 'node:events';
import http from 'node:http';
import net from 'node:net';
import type { GuestEndpoint } from '../../src/drivers/container/driver.ts';
import { GUEST_HEADER } from '../../src/guest/protocol.ts';

/** Does of a guest what the proxy needs: tunnels, to ports that a test makes up. */
export interface StandInGuest {
  endpoint: GuestEndpoint;
  /** What a tunnel to each port leads to on this machine. */
  ports: Map<number, net.AddressInfo>;
  /** How many tunnels have been opened. */
  tunnels(): number;
  /** How many tunnels are open. */
  openTunnels(): number;
  close(): Promise<void>;
}

export async function createStandInGuest(socket: string): Promise<StandInGuest> {
  const ports = new Map<number, net.AddressInfo>();
  const open = new Set<net.Socket>();
  let count = 0;
  const server = http.createServer((_request, response) => response.writeHead(404).end());
  server.on('connect', (request: http.IncomingMessage, client: net.Socket) => {
    client.on('error', () => client.destroy());
    const target = ports.get(Number(request.url?.split(':')[1]));
    const answer = (status: string): string => `HTTP/1.1 ${status}\r\n${GUEST_HEADER}: 1\r\n\r\n`;
    if (!target) {
      client.end(answer('502 Bad Gateway'));
      return;
    }
    const service = net.connect({ host: target.address, port: target.port, allowHalfOpen: true });
    service.on('error', () => client.destroy());
    service.once('connect', () => {
      count += 1;
      open.add(client);
      client.on('close', () => {
        open.delete(client);
        service.destroy();
      });
      client.write(answer('200 OK'));
      client.pipe(service).pipe(client);
    });
  });
  await once(server.listen(socket), 'listening');
  return {
    endpoint: { socket },
    ports,
    tunnels: () => count,
    openTunnels: () => open.size,
    async close() {
      for (const client of open) client.destroy();
      server.closeAllConnections();
      server.close();
      if (server.listening) await once(server, 'close');
    },
  };
}
