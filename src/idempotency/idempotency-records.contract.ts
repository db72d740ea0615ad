import { beforeEach, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import type { IdempotencyRecords, NewClaim } from './idempotency-records.js';
import type { Receipt } from './receipt.js';

/** An implementation with its way to store a receipt beside an effect; false when the whole transaction was refused. */
export interface RecordsUnderTest {
  records: IdempotencyRecords;
  keep(receipt: Receipt): Promise<boolean>;
}

const NOW = 1_800_000_000_000;
const LEASE = 5_000;
const DAY = 86_400_000;

/** The promises of `IdempotencyRecords`, for every implementation of it. */
export function idempotencyRecordsContract(name: string, make: () => RecordsUnderTest): void {
  describe(`${name} keeps the promises of IdempotencyRecords`, () => {
    let { records, keep }: RecordsUnderTest = make();
    let userId: string;
    beforeEach(() => {
      ({ records, keep } = make());
      userId = randomUUID();
    });

    const aClaim = (changes: Partial<NewClaim> = {}): NewClaim => ({
      userId, keyHash: 'a-key', owner: randomUUID(), fingerprint: 'f', leaseUntil: NOW + LEASE, expiresAt: NOW + DAY, ...changes,
    });
    const receiptOf = ({ userId: user, keyHash, owner }: NewClaim): Receipt => ({
      userId: user, keyHash, owner, answer: '{"status":201}', sealed: 'box', expiresAt: NOW + DAY,
    });
    const claimed = async (changes: Partial<NewClaim> = {}, at = NOW) => {
      const claim = aClaim(changes);
      expect(await records.claim(claim, at)).toBeUndefined();
      return claim;
    };

    it('gives a key to the first of many, and tells the others who holds it', async () => {
      const claims = Array.from({ length: 10 }, () => aClaim());
      const answers = await Promise.all(claims.map((claim) => records.claim(claim, NOW)));
      expect(answers.filter((held) => held === undefined)).toHaveLength(1);
      const winner = claims[answers.indexOf(undefined)];
      for (const held of answers) if (held) expect(held).toMatchObject({ owner: winner?.owner, fingerprint: 'f' });
    });

    it('grants a claim that was granted again', async () => {
      expect(await records.claim(await claimed(), NOW)).toBeUndefined();
    });

    it('keeps users and keys apart', async () => {
      await claimed();
      await claimed({ keyHash: 'another' });
      await claimed({ userId: randomUUID() });
    });

    it('tells the answer once it is stored, however old the lease is', async () => {
      const claim = await claimed();
      expect(await keep(receiptOf(claim))).toBe(true);
      const { owner } = claim;
      expect(await records.claim(aClaim(), NOW + LEASE * 2)).toMatchObject({ owner, fingerprint: 'f', answer: '{"status":201}', sealed: 'box' });
    });

    it('gives an unanswered key to another when its lease is over, and refuses the receipt of the first', async () => {
      const first = await claimed();
      expect(await records.claim(aClaim(), NOW + LEASE - 1)).toMatchObject({ owner: first.owner });
      const second = await claimed({}, NOW + LEASE);
      expect(await keep(receiptOf(first))).toBe(false);
      expect(await keep(receiptOf(second))).toBe(true);
      expect(await records.release(first)).toMatchObject({ owner: second.owner, answer: '{"status":201}' });
    });

    it('takes a late receipt as long as nobody has taken over', async () => {
      expect(await keep(receiptOf(await claimed({ leaseUntil: NOW - 1 })))).toBe(true);
    });

    it('stores one receipt of a claim', async () => {
      const claim = await claimed();
      expect([await keep(receiptOf(claim)), await keep(receiptOf(claim))]).toEqual([true, false]);
    });

    it('frees a key, and refuses the receipt from then on', async () => {
      const claim = await claimed();
      expect(await records.release(claim)).toBeUndefined();
      expect(await records.release(claim)).toBeUndefined();
      expect(await keep(receiptOf(claim))).toBe(false);
      await claimed();
    });

    it('does not free what was answered', async () => {
      const claim = await claimed();
      await keep(receiptOf(claim));
      expect(await records.release(claim)).toMatchObject({ owner: claim.owner, answer: '{"status":201}' });
      expect(await records.claim(aClaim(), NOW)).toMatchObject({ owner: claim.owner });
    });

    it('forgets an answer after its time, whether it was pruned or not', async () => {
      await keep(receiptOf(await claimed()));
      expect(await records.claim(aClaim(), NOW + DAY - 1_000)).toMatchObject({ answer: '{"status":201}' });
      await claimed({ fingerprint: 'other', leaseUntil: NOW + DAY + LEASE, expiresAt: NOW + 2 * DAY }, NOW + DAY);
      const held = await records.claim(aClaim(), NOW + DAY);
      expect([held?.fingerprint, held?.answer]).toEqual(['other', undefined]);
    });
  });
}
