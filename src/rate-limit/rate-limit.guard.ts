import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { GUESSABLE } from './guessable.js';
import { refusalOf } from './rate-limit-headers.js';
import type { Verdict } from './rate-limits.js';
import { isLimited, isSafe, RequestCounter, type CountedRequest } from './request-counter.js';

/**
 * Counts every request of a route. Nothing is changed before the verdict is known. A user's read is begun meanwhile, so
 * that its own look into the cache leaves in the same packet; `limitReplies` then holds its answer back until the verdict.
 */
@Injectable()
export class RateLimitGuard implements CanActivate {
  constructor(
    private readonly counter: RequestCounter,
    private readonly reflector: Reflector,
  ) {}

  canActivate(context: ExecutionContext): boolean | Promise<boolean> {
    const request = context.switchToHttp().getRequest<CountedRequest>();
    if (!isLimited(request)) return true;
    const isGuess = !request.user && this.reflector.getAllAndOverride<boolean>(GUESSABLE, [context.getHandler(), context.getClass()]);
    const { verdict, pending } = this.counter.count(request, isGuess);
    if (verdict) return orRefuse(verdict);
    return request.user && isSafe(request.method) ? true : (pending as Promise<Verdict>).then(orRefuse);
  }
}

function orRefuse(verdict: Verdict): true {
  if (verdict.granted) return true;
  throw refusalOf(verdict);
}
