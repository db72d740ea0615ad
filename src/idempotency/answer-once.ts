import type { FastifyReply } from 'fastify';
import type { Creation, Idempotency } from './idempotency.js';
import { idempotencyKeyOf } from './idempotency-key.js';

/** Carries out a creating request once per Idempotency-Key and puts status and headers of its answer on the reply. */
export async function answerOnce<K, B>(idempotency: Idempotency, reply: FastifyReply, userId: string, creation: Creation<K, B>): Promise<B> {
  const { raw, method, url, body: sent } = reply.request;
  const key = idempotencyKeyOf(raw);
  const path = url.split('?', 1)[0] ?? '';
  const request = key === undefined ? undefined : { userId, key, method, path, body: sent };
  const { kept, body, isReplay } = await idempotency.carryOut(request, creation);
  reply.code(kept.status).headers(kept.headers);
  if (isReplay) reply.header('idempotent-replayed', 'true');
  return body;
}
