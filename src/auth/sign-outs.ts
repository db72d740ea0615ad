import type { User } from './current-user.js';

/** Which sign-ins have ended. The feature that keeps them implements it; `SignInChecks` asks. */
export abstract class SignOuts {
  /**
   * Resolves while the sign-in of this token goes on, from a source that knows every sign-out acknowledged before the call.
   * Rejects with `AppError('unauthenticated')` when it has ended, with `AppError('unavailable')` when that cannot be known:
   * never a wrong "still signed in".
   */
  abstract check(user: User): Promise<void>;
}

/** Until sessions are kept: a token is good until it expires. */
export class NoSignOuts extends SignOuts {
  async check(): Promise<void> {}
}
