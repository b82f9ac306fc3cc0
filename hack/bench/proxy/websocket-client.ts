// Sends messages and waits for each to come back. usage: websocket-client URL HOST CONNECTIONS BYTES SECONDS
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import WebSocket from 'ws';

const [url = '', host = '', connections, bytes, seconds] = process.argv.slice(2);
const message = Buffer.alloc(Number(bytes), 'x');
// A mask of zeros changes nothing: what is measured is in between, not how quickly either end applies one.
const options = { headers: { Host: host }, perMessageDeflate: false, generateMask: () => undefined };

async function connect(): Promise<WebSocket> {
  const socket = new WebSocket(url, options);
  await once(socket, 'open');
  return socket;
}

async function main(): Promise<void> {
  const sockets = await Promise.all(Array.from({ length: Number(connections) }, connect));
  let count = 0;
  const start = performance.now();
  for (const socket of sockets) {
    socket.on('message', () => {
      count += 1;
      socket.send(message);
    });
    socket.send(message);
  }
  await sleep(Number(seconds) * 1_000);
  process.stdout.write(String((count / (performance.now() - start)) * 1_000));
  for (const socket of sockets) socket.terminate();
}

void main();
