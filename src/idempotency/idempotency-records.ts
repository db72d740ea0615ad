import type { Claim } from './receipt.js';

export interface NewClaim extends Claim {
  fingerprint: string;
  /** Until then nobody else may take the key. Milliseconds since the epoch, as all times here. */
  leaseUntil: number;
  expiresAt: number;
}

/** Who holds a key, as far as it could be seen; `answer` is there once the effect is. */
export interface Held {
  owner?: string;
  fingerprint?: string;
  answer?: string;
  sealed?: string;
}

/**
 * What became of the requests that carried an Idempotency-Key, by user and key. Everything is strongly consistent and safe
 * to repeat. A third operation, storing a `Receipt`, belongs to the repository that has the effect.
 */
export abstract class IdempotencyRecords {
  /**
   * Takes the key and resolves to `undefined`, or resolves to who holds it. Free is a key without a record, with an expired
   * one, or with one that has no answer and whose lease is over. Repeating a claim that was granted grants it again.
   */
  abstract claim(claim: NewClaim, now: number): Promise<Held | undefined>;

  /**
   * Frees the key and resolves to `undefined`. An answered key, or one that another attempt has taken over, stays as it is
   * and the call resolves to who holds it. Either way the claim's receipt cannot be stored any more.
   */
  abstract release(claim: Claim): Promise<Held | undefined>;
}
