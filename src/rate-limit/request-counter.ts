import { hash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { Authenticated } from '../auth/current-user.js';
import { clientAddress } from './client-address.js';
import { Policies, type PolicySet } from './policies.js';
import { FallbackRateLimits } from './fallback-rate-limits.js';
import type { Verdict } from './rate-limits.js';

/** How a request was counted; `verdict` once that is known. */
export interface Count {
  set: PolicySet;
  subject: string;
  verdict?: Verdict;
  pending?: Promise<Verdict>;
}

export type CountedRequest = FastifyRequest & Authenticated & { rateLimit?: Count };

/** Reading changes nothing (RFC 9110 §9.2.1). */
export const isSafe = (method: string): boolean => method === 'GET' || method === 'HEAD';

/** Health, description and preflights are not limited; unknown paths are, and all of the API. */
export const isLimited = (request: FastifyRequest): boolean => request.routeOptions.url?.startsWith('/v1/') ?? request.method !== 'OPTIONS';

/** Counts a request once: for its user, or for its address where there is none. */
@Injectable()
export class RequestCounter {
  constructor(
    private readonly limits: FallbackRateLimits,
    private readonly policies: Policies,
  ) {}

  count(request: CountedRequest, isGuess = false): Count {
    const count = (request.rateLimit = this.begin(request, isGuess));
    const verdict = this.limits.take(count.subject, count.set.policies);
    if (verdict instanceof Promise) count.pending = verdict.then((known) => (count.verdict = known));
    else count.verdict = verdict;
    return count;
  }

  /** Of what was counted as a guess only what failed is one. */
  giveBackGuess({ set, subject, verdict }: Count): void {
    const guesses = set.policies.find(({ name }) => name === 'guesses');
    if (guesses && verdict?.granted) void this.limits.giveBack(subject, guesses, verdict);
  }

  private begin({ user, method, ips, ip }: CountedRequest, isGuess: boolean): Count {
    if (user) return { set: isSafe(method) ? this.policies.reads : this.policies.writes, subject: subjectOf('user', user.userId) };
    return { set: isGuess ? this.policies.guesses : this.policies.anonymous, subject: subjectOf('address', clientAddress(ips ?? [ip])) };
  }
}

/** Neither users nor addresses can be read from the cache. */
const subjectOf = (kind: string, id: string): string => hash('sha256', `${kind}:${id}`, 'base64url').slice(0, 22);
