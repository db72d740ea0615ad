import { createParamDecorator, type ExecutionContext } from '@nestjs/common';

/** Who calls, as the verified access token says. Times are epoch seconds. */
export interface User {
  /** The pool's `sub`. */
  readonly userId: string;
  /** Names the sign-in: `origin_jti`, else `jti`, else `sub`. */
  readonly signInId: string;
  readonly username: string;
  readonly groups: readonly string[];
  readonly isAdmin: boolean;
  /** `iat`; 0 when the token does not tell, so that any "sign out everywhere" covers it. */
  readonly issuedAt: number;
  readonly authTime?: number;
  readonly expiresAt: number;
  /** The access token itself, for calls to the pool in the user's name. Not enumerable: no log or reply may show it. */
  readonly token: string;
}

export interface Authenticated {
  user?: User;
}

/** The user of an authenticated route. */
export const CurrentUser = createParamDecorator((_: unknown, context: ExecutionContext): User => {
  const { user } = context.switchToHttp().getRequest<Authenticated>();
  if (!user) throw new Error('@CurrentUser() on a route without a user');
  return user;
});
