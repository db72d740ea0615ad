// The built function behind a server that speaks HTTP on PORT and events to the function, as API Gateway does (or what
// GATEWAY names): whatever tests a task of the service can test the function, and a fleet can hold both.
import { createServer } from 'node:http';
import { EVENTS } from './events.mjs';

const { PORT, GATEWAY = 'HTTP API' } = process.env;
const eventOf = EVENTS[GATEWAY];
if (!eventOf) throw new Error(`GATEWAY must be one of ${Object.keys(EVENTS).join(', ')}.`);
const { handler } = await import('../../dist/lambda.js');

const isText = (/** @type {string | undefined} */ type) => /^(application\/(.*\+)?json|text\/)/.test(type ?? '');

/** @param {import('node:http').IncomingMessage} request @param {import('node:http').ServerResponse} reply */
async function pass(request, reply) {
  /** @type {Buffer[]} */
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  const bytes = Buffer.concat(chunks);
  const { pathname, search } = new URL(request.url ?? '/', 'http://gateway');
  const { connection: _connection, 'transfer-encoding': _encoding, ...headers } = /** @type {Record<string, string>} */ (request.headers);
  const isBase64Encoded = bytes.length > 0 && !isText(headers['content-type']);
  const body = bytes.length === 0 ? undefined : bytes.toString(isBase64Encoded ? 'base64' : 'utf8');
  const event = eventOf({ method: request.method ?? 'GET', path: pathname, search, headers, body, isBase64Encoded });
  // What crosses the boundary is JSON.
  const answer = JSON.parse(JSON.stringify(await handler(JSON.parse(JSON.stringify(event)), { awsRequestId: 'test' })));
  reply.writeHead(answer.statusCode, answer.headers);
  reply.end(request.method === 'HEAD' ? undefined : Buffer.from(answer.body ?? '', answer.isBase64Encoded ? 'base64' : 'utf8'));
}

createServer((request, reply) => void pass(request, reply)).listen(Number(PORT), '127.0.0.1');
