import type { FastifyInstance } from 'fastify';
import { AppError } from './app-error.js';
import { assertSafeJson } from './json.js';

export const BODY_LIMIT = 64 * 1_024;

const TYPES = ['application/json', 'application/merge-patch+json'];
const utf8 = new TextDecoder('utf-8', { fatal: true });

/** JSON only, in well-formed UTF-8, not nested absurdly and without members that JavaScript treats specially. */
export function acceptJsonOnly(server: FastifyInstance): void {
  server.removeAllContentTypeParsers();
  server.addContentTypeParser(TYPES, { parseAs: 'buffer', bodyLimit: BODY_LIMIT }, (request, body, done) => {
    try {
      if (request.method !== 'PATCH' && request.headers['content-type']?.startsWith(TYPES[1] as string)) throw notTaken();
      done(null, body.length === 0 ? undefined : parseJson(body as Buffer));
    } catch (error) {
      done(error as Error);
    }
  });
  server.addHook('preParsing', (request, _reply, payload, done) => {
    const hasBody = request.headers['transfer-encoding'] !== undefined || Number(request.headers['content-length'] ?? 0) > 0;
    done(hasBody && request.headers['content-type'] === undefined ? notTaken() : null, payload);
  });
}

function parseJson(bytes: Buffer): unknown {
  let value: unknown;
  try {
    value = JSON.parse(utf8.decode(bytes));
  } catch (cause) {
    throw new AppError('validation', 'The body is not JSON in UTF-8.', { cause });
  }
  assertSafeJson(value);
  return value;
}

const notTaken = (): AppError =>
  new AppError('unsupported-media-type', 'Send application/json (or application/merge-patch+json to PATCH).');
