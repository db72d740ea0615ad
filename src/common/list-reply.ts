import type { FastifyReply } from 'fastify';
import { nextLink, type Page } from './page.js';

/** `{items, nextCursor?}` with `Link: …; rel="next"` while there is more. */
export function listed<T, P>(
  reply: FastifyReply,
  { items, next }: Page<T, P>,
  seal: (position: P) => string,
): { items: T[]; nextCursor?: string } {
  if (next === undefined) return { items };
  const nextCursor = seal(next);
  reply.header('link', nextLink(reply.request.url, nextCursor));
  return { items, nextCursor };
}
