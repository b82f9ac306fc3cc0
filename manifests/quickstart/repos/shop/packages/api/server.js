const http = require('node:http');

const products = [
  { name: 'Kettle', price: 39 },
  { name: 'Teapot', price: 25 },
];
const server = http.createServer((_request, response) => {
  response.setHeader('Content-Type', 'application/json');
  response.end(JSON.stringify(products));
});
server.listen(4000, () => console.log('api listens on http://localhost:4000'));
