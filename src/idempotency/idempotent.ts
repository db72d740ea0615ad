import { applyDecorators } from '@nestjs/common';
import { ApiConflictResponse, ApiHeader, ApiUnprocessableEntityResponse } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import type { Creation, Idempotency } from './idempotency.js';
import { idempotencyKeyOf } from './idempotency-key.js';

/** Describes the header on a route that answers through `answerOnce`. */
export const Idempotent = (): MethodDecorator =>
  applyDecorators(
    ApiHeader({
      name: 'Idempotency-Key',
      required: false,
      description:
        'Names this request: sent again within 24 hours, through any task, it is answered as it was the first time, with `Idempotent-Replayed: true`.',
      schema: { type: 'string', minLength: 1, maxLength: 255, pattern: '^[ -~]+$' },
    }),
    ApiConflictResponse({ description: 'The first request with this key is still running (`request-in-progress`, with Retry-After), or the state of the resource does not allow this.' }),
    ApiUnprocessableEntityResponse({ description: 'The key was used for another path or body (`idempotency-key-reused`).' }),
  );

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
