// The npm package http-proxy as its documentation has it, with connections that are kept. usage: http-proxy ADDRESS PORT SOCKET
import http from 'node:http';
import httpProxy from 'http-proxy';

const [address, port, socketPath] = process.argv.slice(2);
const proxy = httpProxy.createProxyServer({
  target: { socketPath },
  agent: new http.Agent({ keepAlive: true }),
  ws: true,
  xfwd: true,
});
proxy.on('error', (_error, _request, response) => response.destroy());
http
  .createServer({ noDelay: true, keepAliveTimeout: 0 }, (request, response) => proxy.web(request, response))
  .on('upgrade', (request, socket, head) => proxy.ws(request, socket, head))
  .listen({ host: address, port: Number(port), backlog: 4096 });
