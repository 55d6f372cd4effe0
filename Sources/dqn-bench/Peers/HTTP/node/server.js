'use strict';
// Node's own HTTP server, one process.
const http = require('node:http');

function answer(response, type, text) {
  response.writeHead(200, { 'content-type': type, 'content-length': Buffer.byteLength(text) });
  response.end(text);
}

const server = http.createServer((request, response) => {
  if (request.method === 'GET') return answer(response, 'text/plain', 'hello world\n');
  const pieces = [];
  request.on('data', (piece) => pieces.push(piece));
  request.on('end', () => {
    const body = pieces.length === 1 ? pieces[0] : Buffer.concat(pieces);
    const text = request.url === '/json'
      ? JSON.stringify({ action: JSON.parse(body.toString('utf8')).length % 18 })
      : JSON.stringify({ n: body.length });
    answer(response, 'application/json', text);
  });
});

server.listen(Number(process.argv[2]), '127.0.0.1', 1024);
