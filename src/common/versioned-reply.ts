import type { FastifyReply } from 'fastify';
import { isNotModified, type Preconditions } from './preconditions.js';

/** Sends the ETag, and 304 without a body when the client already holds that version (RFC 9110 §15.4.5). */
export function versioned<T>(reply: FastifyReply, etag: string, body: T, conditions: Preconditions = {}): T | undefined {
  reply.header('etag', etag);
  if (!isNotModified(conditions, etag)) return body;
  reply.code(304);
  return undefined;
}
