import type { Policy } from './policies.js';

/** What is left of one budget. */
export interface Budget {
  policy: Policy;
  remaining: number;
  /** Until more is left; of a budget that is used up: until the next request is accepted. */
  waitMs: number;
}

export interface Verdict {
  granted: boolean;
  budgets: Budget[];
  /** When it was counted, by the counter's own clock, in µs: to give it back. */
  at: number;
  /** Counted by this task alone. */
  isLocal: boolean;
}

/**
 * Counts requests in sliding windows: of one subject never more than `limit` are accepted within any `windowSeconds`.
 * Up to `EXACT` requests each leave the window by themselves; above, those of 1/64 of the window leave together, with the last
 * of them. What is refused is not counted: a client that waits as long as it is told is accepted.
 */
export abstract class RateLimits {
  /** Counts one request in all the policies when each has room for it, else in none. */
  abstract take(subject: string, policies: readonly Policy[]): Verdict | Promise<Verdict>;

  /** Takes back, of one policy, a request that was granted; changes nothing when that window has passed. */
  abstract giveBack(subject: string, policy: Policy, verdict: Verdict): Promise<void>;
}

/** The most steps that a window is remembered in. */
export const EXACT = 64;
