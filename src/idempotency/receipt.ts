import { AppError } from '../common/app-error.js';

/** The answer to a creating request as it is kept. What must be made anew each time, or may not be kept, is not in `body`. */
export interface Kept<Body = unknown> {
  status: number;
  headers: Record<string, string>;
  body: Body;
  /** Told in the answer, and kept sealed only. */
  secret?: string;
}

/** One attempt's hold on one user's key. */
export interface Claim {
  userId: string;
  /** SHA-256 of the Idempotency-Key. */
  keyHash: string;
  /** Names the attempt. */
  owner: string;
}

/**
 * The record of a carried out request. A repository stores it in the transaction of the effect itself; when the attempt does
 * not hold its key any more, nothing of that transaction may be stored and it rejects with `requestInProgress()`.
 */
export interface Receipt extends Claim {
  /** `Kept` without its secret, as JSON. */
  answer: string;
  sealed?: string;
  /** Milliseconds since the epoch. */
  expiresAt: number;
}

export const requestInProgress = (): AppError =>
  new AppError('request-in-progress', 'A request with this Idempotency-Key is still running. Try again in a moment.', {
    headers: { 'Retry-After': '1' },
  });
