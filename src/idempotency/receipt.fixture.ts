import { randomUUID } from 'node:crypto';
import type { IdempotencyRecords } from './idempotency-records.js';
import type { Claim, Receipt } from './receipt.js';

const HOUR = 3_600_000;

/** A key that a request of the user holds, for the contracts of repositories that store receipts. */
export async function aHeldClaim(records: IdempotencyRecords, userId: string): Promise<Claim> {
  const claim = { userId, keyHash: randomUUID(), owner: randomUUID() };
  const now = Date.now();
  const held = await records.claim({ ...claim, fingerprint: 'f', leaseUntil: now + HOUR, expiresAt: now + HOUR }, now);
  if (held) throw new Error('A new key is held already.');
  return claim;
}

export const receiptFor = (claim: Claim): Receipt => ({ ...claim, answer: '{"status":201}', expiresAt: Date.now() + HOUR });
