import type { FastifyInstance, FastifyReply } from 'fastify';
import { PROBLEM_JSON, problemOf } from '../common/problem.js';
import { rateLimitHeaders, refusalOf } from './rate-limit-headers.js';
import type { Verdict } from './rate-limits.js';
import { isLimited, type Count, type CountedRequest, type RequestCounter } from './request-counter.js';

/** What may stay of an answer that is replaced: all that does not come from the route. */
const KEPT = /^(access-control-|strict-|x-|vary$|referrer-policy$|cross-origin-|connection$)/;

/**
 * The last step of every answer of the API: counts what no guard has counted (401, 403, unknown paths, unreadable bodies),
 * waits for the verdict, replaces the answer when it is a refusal, and tells what is left. What a full or starting task turned
 * away was not worked for: it costs nobody's budget, and waits for no cache.
 */
export function limitReplies(server: FastifyInstance, counter: RequestCounter): void {
  server.addHook('onSend', (request: CountedRequest, reply, payload, done) => {
    if (request.isRefused || !isLimited(request)) return done(null, payload);
    const count = request.rateLimit ?? counter.count(request);
    if (count.verdict) return done(null, finish(count, request, reply, payload));
    return count.pending?.then(() => finish(count, request, reply, payload));
  });

  function finish(count: Count, request: CountedRequest, reply: FastifyReply, payload: unknown): unknown {
    const verdict = count.verdict as Verdict;
    const isReplaced = !verdict.granted && reply.statusCode !== 429;
    const sent = isReplaced ? refuse(verdict, request, reply, payload) : payload;
    reply.headers(rateLimitHeaders(verdict, count.set));
    if (!hasFailedGuess(request.method, reply.statusCode)) counter.giveBackGuess(count);
    return sent;
  }
}

/** Of the answer that was made nothing is shown. */
function refuse(verdict: Verdict, request: CountedRequest, reply: FastifyReply, payload: unknown): string {
  if (typeof payload === 'object' && payload !== null && 'destroy' in payload && typeof payload.destroy === 'function') payload.destroy();
  for (const name of Object.keys(reply.getHeaders())) if (!KEPT.test(name)) reply.removeHeader(name);
  const refusal = refusalOf(verdict);
  reply.code(refusal.status).headers({ 'content-type': PROBLEM_JSON, 'cache-control': 'no-store', ...refusal.headers });
  return JSON.stringify(problemOf(refusal, request.url.split('?', 1)[0] ?? '/'));
}

/** A GET of what needs a password is told so by 401: that is no guess. */
const hasFailedGuess = (method: string, status: number): boolean => status === 404 || status === 429 || (status === 401 && method === 'POST');
