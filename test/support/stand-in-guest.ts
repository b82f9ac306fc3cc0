import { once } from 'node:events';
import http from 'node:http';
import net from 'node:net';
import type { GuestEndpoint } from '../../src/drivers/container/driver.ts';
import { Mux } from '../../src/guest/mux/mux.ts';
import type { MuxStream } from '../../src/guest/mux/stream.ts';
import { MUX_UPGRADE } from '../../src/guest/mux/wire.ts';
import { GUEST_HEADER, PROTOCOL, type Hello } from '../../src/guest/protocol.ts';

/** Does of a guest what the proxy needs: streams, to ports that a test makes up. */
export interface StandInGuest {
  endpoint: GuestEndpoint;
  /** What a stream to each port leads to on this machine. */
  ports: Map<number, net.AddressInfo>;
  /** How many streams have been opened. */
  tunnels(): number;
  /** How many streams are open. */
  openTunnels(): number;
  close(): Promise<void>;
}

export async function createStandInGuest(socket: string): Promise<StandInGuest> {
  const ports = new Map<number, net.AddressInfo>();
  const channels = new Set<Mux>();
  let count = 0;
  const hello: Hello = { dual: 'guest', protocols: [PROTOCOL, PROTOCOL], version: '1', pid: process.pid };
  const server = http.createServer((_request, response) => {
    response.writeHead(200, { [GUEST_HEADER]: '1', 'content-type': 'application/json' }).end(JSON.stringify(hello));
  });
  server.on('upgrade', (_request: http.IncomingMessage, client: net.Socket) => {
    client.write(
      `HTTP/1.1 101 Switching Protocols\r\n${GUEST_HEADER}: 1\r\nConnection: Upgrade\r\nUpgrade: ${MUX_UPGRADE}\r\n\r\n`,
    );
    const mux: Mux = new Mux(client, {
      onOpen(stream, port) {
        const target = ports.get(port);
        if (!target) {
          mux.refuse(stream);
          return;
        }
        count += 1;
        carry(stream, target);
      },
      onClosed: () => channels.delete(mux),
    });
    channels.add(mux);
    client.on('data', (bytes: Buffer) => mux.receive(bytes));
  });
  await once(server.listen(socket), 'listening');
  return {
    endpoint: { socket },
    ports,
    tunnels: () => count,
    openTunnels: () => [...channels].reduce((sum, mux) => sum + mux.size, 0),
    async close() {
      for (const mux of channels) mux.close();
      server.closeAllConnections();
      server.close();
      if (server.listening) await once(server, 'close');
    },
  };
}

/** The plainest way to tie a stream to a connection: whatever comes is written, whoever goes takes the other along. */
function carry(stream: MuxStream, { address: host, port }: net.AddressInfo): void {
  const service = net.connect({ host, port, allowHalfOpen: true });
  service.on('error', () => service.destroy());
  service.on('data', (bytes: Buffer) => {
    if (!stream.write(bytes, 0, bytes.length)) service.pause();
  });
  service.on('end', () => stream.end());
  service.on('close', () => {
    // Unless both directions have come to their end; what is left of the one is still under way then.
    if (!(service.readableEnded && service.writableFinished)) stream.reset();
  });
  stream.owner = {
    onData(bytes, start, end) {
      service.write(Buffer.from(bytes.subarray(start, end)), () => stream.took(end - start));
    },
    onEnd: () => void service.end(),
    onDrain: () => void service.resume(),
    onClose: () => void service.destroy(),
  };
}
