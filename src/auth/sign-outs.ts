import { AppError } from '../common/app-error.js';
import type { User } from './current-user.js';

/** Which sign-ins have ended. The feature that keeps them implements it; `SignInChecks` asks. */
export abstract class SignOuts {
  /**
   * Resolves while the sign-in of this token goes on, from a source that knows every sign-out acknowledged before the call.
   * Rejects with `AppError('unauthenticated')` when it has ended, with `AppError('unavailable')` when that cannot be known:
   * never a wrong "still signed in". `userAgent` is what the client calls itself, for whoever lists sign-ins.
   */
  abstract check(user: User, userAgent?: string): Promise<void>;
}

/**
 * Epoch seconds of the sign-in that a token comes from: a refreshed token keeps `auth_time` and gets a new `iat`. 0 when the token
 * tells neither.
 */
export const signedInAt = ({ authTime, issuedAt }: User): number => authTime ?? issuedAt;

/** RFC 6750 §3.1: to the client a token of an ended sign-in is like any that is not valid (any more). */
export const signInEnded = (): AppError =>
  new AppError('unauthenticated', 'The sign-in of this access token has ended.', {
    headers: { 'WWW-Authenticate': 'Bearer error="invalid_token"' },
  });
