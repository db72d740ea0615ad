import { IdempotencyRecords, type Held, type NewClaim } from './idempotency-records.js';
import type { Claim, Receipt } from './receipt.js';

interface Stored extends Held {
  owner: string;
  leaseUntil: number;
  expiresAt: number;
}

/** The fake: records of one process, for tests of what stands on the port. */
export class MemoryIdempotencyRecords extends IdempotencyRecords {
  private readonly byKey = new Map<string, Stored>();

  async claim({ fingerprint, leaseUntil, expiresAt, ...claim }: NewClaim, now: number): Promise<Held | undefined> {
    const stored = this.byKey.get(nameOf(claim));
    const isOurs = stored?.owner === claim.owner && stored.answer === undefined;
    const isFree = !stored || isOurs || stored.expiresAt <= now || (stored.answer === undefined && stored.leaseUntil <= now);
    if (!isFree) return { ...stored };
    this.byKey.set(nameOf(claim), { owner: claim.owner, fingerprint, leaseUntil, expiresAt });
    return undefined;
  }

  async release(claim: Claim): Promise<Held | undefined> {
    if (!this.isHeld(claim)) {
      const stored = this.byKey.get(nameOf(claim));
      return stored && { ...stored };
    }
    this.byKey.delete(nameOf(claim));
    return undefined;
  }

  /** The fence, for the fakes of repositories: synchronous, so that nothing comes between it and the effect. */
  isHeld(claim: Claim): boolean {
    const stored = this.byKey.get(nameOf(claim));
    return stored?.owner === claim.owner && stored.answer === undefined;
  }

  /** Stores a receipt whose claim is held. */
  keep({ answer, sealed, expiresAt, ...claim }: Receipt): void {
    const stored = this.byKey.get(nameOf(claim));
    if (stored) Object.assign(stored, { answer, sealed, expiresAt });
  }
}

const nameOf = ({ userId, keyHash }: Claim): string => `${userId} ${keyHash}`;
