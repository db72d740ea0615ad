import type { Session } from './session.js';
import type { SignIn } from './sign-in.js';

/** An account that is being erased (`closedAt`), or was and is looked at once more at `dueAt`. RFC 3339. */
export interface Closure {
  userId: string;
  closedAt?: string;
  dueAt: string;
}

/**
 * All that is kept of a user here, for export and erasure. A closure is part of the user's mark, which outlives the rest: it
 * refuses the old tokens. Everything but `due` is strongly consistent; every change is safe to repeat.
 */
export abstract class UserRecords {
  /** Sign-ins that go on. */
  abstract signIns(userId: string): AsyncIterable<SignIn>;

  /** Data of all sign-ins. */
  abstract sessions(userId: string): AsyncIterable<Session>;

  /** Removes sign-ins, ended ones too, and all their data; the mark stays. */
  abstract removeAll(userId: string): Promise<void>;

  abstract isClosed(userId: string): Promise<boolean>;

  /** Closures that are due, in no order; the index lags a moment behind. */
  abstract due(now: string): AsyncIterable<Closure>;

  /** Lets sign-ins begin again, unless the account was closed anew since `closedAt`; due once more at `dueAt`. */
  abstract reopen(userId: string, closedAt: string, dueAt: string): Promise<void>;

  /** Nothing more is due, unless the account was closed anew. */
  abstract settle(closure: Closure): Promise<void>;
}
