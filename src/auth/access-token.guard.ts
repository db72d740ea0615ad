import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { AuthGuard } from '@nestjs/passport';
import type { FastifyRequest } from 'fastify';
import { AppError } from '../common/app-error.js';
import type { Authenticated, User } from './current-user.js';
import { PUBLIC } from './public.js';
import { SignOuts } from './sign-outs.js';
import { TokenCache } from './token-cache.js';

const BEARER = /^Bearer +(\S+) *$/i;

/** Denies by default: every route needs a verified access token of a sign-in that has not ended, unless it is `@Public()`. */
@Injectable()
export class AccessTokenGuard extends AuthGuard('jwt') implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly tokens: TokenCache,
    private readonly signOuts: SignOuts,
  ) {
    super();
  }

  override canActivate(context: ExecutionContext): boolean | Promise<boolean> {
    if (this.reflector.getAllAndOverride<boolean>(PUBLIC, [context.getHandler(), context.getClass()])) return true;
    const request = context.switchToHttp().getRequest<FastifyRequest & Authenticated>();
    const { authorization } = request.headers;
    const token = authorization && BEARER.exec(authorization)?.[1];
    if (!token) throw unauthenticated(authorization !== undefined);
    const user = this.tokens.get(token);
    if (!user) return this.verify(context, request, token);
    request.user = user;
    return this.isStillSignedIn(user);
  }

  override handleRequest<T = User>(error: unknown, user: T | false | null): T {
    if (error instanceof AppError) throw error;
    if (error || !user) throw unauthenticated(true);
    return user;
  }

  private async verify(context: ExecutionContext, request: Authenticated, token: string): Promise<boolean> {
    await super.canActivate(context);
    const { user } = request;
    if (!user) throw unauthenticated(true);
    this.tokens.remember(token, user);
    return this.isStillSignedIn(user);
  }

  private isStillSignedIn(user: User): boolean | Promise<boolean> {
    const ended = this.signOuts.hasEnded(user);
    return typeof ended === 'boolean' ? refuseIf(ended) : ended.then(refuseIf);
  }
}

function refuseIf(hasEnded: boolean): true {
  if (hasEnded) throw unauthenticated(true);
  return true;
}

/** RFC 6750 §3: a request without a token is only told the scheme. */
const unauthenticated = (hadToken: boolean): AppError =>
  new AppError('unauthenticated', hadToken ? 'The access token is not valid.' : 'Send an access token.', {
    headers: { 'WWW-Authenticate': hadToken ? 'Bearer error="invalid_token"' : 'Bearer' },
  });
