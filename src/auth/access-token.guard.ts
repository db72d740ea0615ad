import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { AuthGuard } from '@nestjs/passport';
import { AppError } from '../common/app-error.js';
import { bearerTokenOf, invalidToken, noUsableToken, type Bearing } from './bearer-token.js';
import type { Authenticated, User } from './current-user.js';
import { PUBLIC } from './public.js';
import { SignInChecks } from './sign-in-checks.js';
import { TokenCache } from './token-cache.js';

/**
 * Denies by default: every route needs a verified access token of a sign-in that goes on, unless it is `@Public()`.
 * A token that is remembered is answered for before passport runs, and without a promise: most requests end here.
 */
@Injectable()
export class AccessTokenGuard extends AuthGuard('jwt') implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly tokens: TokenCache,
    private readonly checks: SignInChecks,
  ) {
    super();
  }

  override canActivate(context: ExecutionContext): boolean | Promise<boolean> {
    if (this.reflector.getAllAndOverride<boolean>(PUBLIC, [context.getHandler(), context.getClass()])) return true;
    const request = context.switchToHttp().getRequest<Bearing & Authenticated>();
    const token = bearerTokenOf(request);
    if (token === undefined) throw noUsableToken(request);
    const user = this.tokens.get(token);
    if (user === undefined) return this.verify(context, request);
    request.user = user;
    return this.admit(user, request);
  }

  /** The strategy's own refusals arrive as `info`: that the keys cannot be had is among them, and is not the token's fault. */
  override handleRequest<T = User>(error: unknown, user: T | false | null | undefined, info: unknown): T {
    if (error) throw error;
    if (user) return user;
    throw info instanceof AppError ? info : invalidToken();
  }

  private async verify(context: ExecutionContext, request: Bearing & Authenticated): Promise<boolean> {
    await super.canActivate(context);
    const { user } = request;
    if (!user) throw invalidToken();
    this.tokens.remember(user);
    return this.admit(user, request);
  }

  private admit(user: User, { headers }: Bearing): boolean | Promise<boolean> {
    const isSignedIn = this.checks.isSignedIn(user, headers['user-agent']);
    return typeof isSignedIn === 'boolean' ? orRefuse(isSignedIn) : isSignedIn.then(orRefuse);
  }
}

function orRefuse(isSignedIn: boolean): true {
  if (isSignedIn) return true;
  throw invalidToken();
}
