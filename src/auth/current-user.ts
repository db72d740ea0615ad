import { createParamDecorator, type ExecutionContext } from '@nestjs/common';

/** Who calls, as the verified access token says. */
export interface User {
  /** The pool's `sub`. */
  userId: string;
  /** Names the sign-in: `origin_jti`, else `jti`, else `sub`. */
  signInId: string;
  groups: readonly string[];
  isAdmin: boolean;
  /** When the user signed in (`auth_time`), else when the token was issued; epoch seconds. */
  signedInAt: number;
  /** Epoch seconds. */
  expiresAt: number;
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
