import type { Session } from './session.js';

/**
 * Data of sign-ins. Reads see every acknowledged write. A write whose reply was lost counts as done when it is found stored.
 * What has expired may still be found: whoever reads looks at `expiresAt`.
 */
export abstract class SessionRepository {
  abstract find(userId: string, signInId: string): Promise<Session | undefined>;

  /**
   * Stores `next` over `previous`, or where nothing is stored that has not expired by `next.updatedAt`. Rejects with
   * `AppError('stale')` when something else is stored, with `AppError('unauthenticated')` when the sign-in has ended.
   */
  abstract save(next: Session, previous?: Session): Promise<void>;

  /** Moves the expiry of a session that has not changed since; neither version nor data move. */
  abstract slide(session: Session, expiresAt: string): Promise<void>;
}
