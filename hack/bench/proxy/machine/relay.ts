// What other proxies reach the machine by, since they know no guest: a unix socket that the host shares, passed on to a port inside,
// byte for byte. usage: relay SOCKET PORT
import { rmSync } from 'node:fs';
import net from 'node:net';

const [socket = '', port = ''] = process.argv.slice(2);
const BUFFER_BYTES = 64 * 1024;

/** A connection to the port whose answers are read into one buffer over and over, and written to `client` from there. */
function connectFor(client: net.Socket): net.Socket {
  let buffer = Buffer.allocUnsafe(BUFFER_BYTES);
  const upstream = net.connect({
    host: '127.0.0.1',
    port: Number(port),
    noDelay: true,
    allowHalfOpen: true,
    onread: {
      buffer: () => buffer,
      callback(count) {
        const goOn = client.write(buffer.subarray(0, count));
        // What has not gone out yet is still being read from it.
        if (client.writableLength > 0) buffer = Buffer.allocUnsafe(BUFFER_BYTES);
        if (!goOn) client.once('drain', () => upstream.resume());
        return goOn;
      },
    },
  });
  return upstream;
}

rmSync(socket, { force: true });
net
  .createServer({ allowHalfOpen: true, noDelay: true }, (client) => {
    const upstream = connectFor(client);
    client.on('data', (chunk) => {
      if (upstream.write(chunk)) return;
      client.pause();
      upstream.once('drain', () => client.resume());
    });
    for (const [from, to] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      from.on('end', () => to.end());
      from.on('error', () => to.destroy());
      from.on('close', () => {
        if (!from.writableFinished) to.destroy();
      });
    }
  })
  .listen({ path: socket, backlog: 4096 });
