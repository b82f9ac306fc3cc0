const http = require('node:http');

const page = (products) =>
  `<!doctype html><title>Shop</title><h1>Shop</h1><ul>${products.map(({ name, price }) => `<li>${name}: ${price}`).join('')}</ul>\n`;

// The API is a neighbour on the same machine, on its normal port.
const server = http.createServer(async (_request, response) => {
  try {
    const answer = await fetch('http://localhost:4000/products');
    response.setHeader('Content-Type', 'text/html; charset=utf-8');
    response.end(page(await answer.json()));
  } catch (error) {
    response.writeHead(502).end(`the API does not answer: ${error.message}\n`);
  }
});
server.listen(3000, 'localhost', () => console.log('web listens on http://localhost:3000'));
