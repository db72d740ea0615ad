import type { FastifyInstance } from 'fastify';
import { AppError } from './app-error.js';

/** On every response, those of the HTTP parser included. */
export const SECURITY_HEADERS = {
  'strict-transport-security': 'max-age=63072000; includeSubDomains; preload',
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'x-frame-options': 'DENY',
  'cross-origin-resource-policy': 'same-site',
} as const;

/** Request id, security headers and cache directives of every response; refuses a request with two hosts (RFC 9112 §3.2). */
export function setCommonHeaders(server: FastifyInstance): void {
  server.addHook('onRequest', (request, reply, done) => {
    reply.headers(SECURITY_HEADERS);
    reply.header('x-request-id', request.id);
    if (!hasSeveralHosts(request.raw.rawHeaders)) return done();
    reply.header('connection', 'close');
    done(new AppError('validation', 'The request must have exactly one Host header.'));
  });
  server.addHook('onSend', (request, reply, payload, done) => {
    if (!reply.hasHeader('cache-control')) reply.header('cache-control', directives(request, reply.statusCode));
    done(null, payload);
  });
}

function hasSeveralHosts(rawHeaders: string[]): boolean {
  let hosts = 0;
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i] as string;
    if (name.length === 4 && name.toLowerCase() === 'host') hosts += 1;
  }
  return hosts > 1;
}

/** A read may be kept by its user's own browser if it asks again each time; nothing else may be kept. */
const directives = (request: { method: string; user?: unknown }, status: number): string =>
  request.user && request.method === 'GET' && status < 400 ? 'private, no-cache' : 'no-store';
