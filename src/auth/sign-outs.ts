import type { User } from './current-user.js';

/** Which sign-ins have ended. The feature that keeps them implements it; the guard asks. */
export abstract class SignOuts {
  /**
   * True when the user's sign-in has ended. Answers without a promise from what it learnt less than a second ago.
   * Rejects with `AppError('unavailable')` when that cannot be known: never a wrong "still signed in".
   */
  abstract hasEnded(user: User): boolean | Promise<boolean>;
}

/** Until sessions are kept: a token is good until it expires. */
export class NoSignOuts extends SignOuts {
  hasEnded(): boolean {
    return false;
  }
}
