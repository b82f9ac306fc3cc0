// What is served from within the machine: small answers, long ones, streams that stay silent, and echoes over websockets.
import http from 'node:http';
import { WebSocketServer } from 'ws';

const PORTS = process.argv.slice(2).map(Number);
const ANSWER = Buffer.alloc(120, 'x');
const CHUNK = Buffer.alloc(256 * 1024, 'x');
const DOWNLOAD_BYTES = 64 * 1024 * 1024;

function download(response: http.ServerResponse): void {
  response.writeHead(200, { 'Content-Type': 'application/octet-stream', 'Content-Length': DOWNLOAD_BYTES });
  let left = DOWNLOAD_BYTES;
  const more = (): void => {
    while (left > 0) {
      left -= CHUNK.length;
      if (!response.write(CHUNK)) {
        response.once('drain', more);
        return;
      }
    }
    response.end();
  };
  more();
}

function stream(response: http.ServerResponse): void {
  // The last one is for nginx, which holds back what it reads unless it is told not to.
  response.writeHead(200, {
    'Content-Type': 'text/event-stream',
    'Cache-Control': 'no-cache',
    'X-Accel-Buffering': 'no',
  });
  response.write('data: first\n\n');
}

function answer(request: http.IncomingMessage, response: http.ServerResponse): void {
  if (request.url === '/64m') download(response);
  else if (request.url === '/sse') stream(response);
  else response.writeHead(200, { 'Content-Type': 'text/plain', 'Content-Length': ANSWER.length }).end(ANSWER);
}

const sockets = new WebSocketServer({ noServer: true, perMessageDeflate: false });
sockets.on('connection', (socket) => {
  socket.on('message', (data, binary) => socket.send(data, { binary }));
});

for (const port of PORTS) {
  // Proxies keep connections for later; one that is closed under their hands would show as an error of theirs.
  const server = http.createServer({ noDelay: true, keepAliveTimeout: 0 }, answer);
  server.on('upgrade', (request, socket, head) => {
    sockets.handleUpgrade(request, socket, head, (accepted) => sockets.emit('connection', accepted, request));
  });
  // Every address: the container's own is asked too.
  server.listen(port, '0.0.0.0', 4096);
}
