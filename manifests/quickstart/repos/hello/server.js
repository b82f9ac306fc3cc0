const http = require('node:http');

const server = http.createServer((request, response) => {
  response.end(`hello from ${request.headers.host}, on Node ${process.version}\n`);
});
server.listen(3000, '127.0.0.1', () => console.log('hello listens on http://127.0.0.1:3000'));
