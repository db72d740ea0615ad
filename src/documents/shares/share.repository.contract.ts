import { beforeEach, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { v7 } from 'uuid';
import type { IdempotencyRecords } from '../../idempotency/idempotency-records.js';
import { aHeldClaim, receiptFor } from '../../idempotency/receipt.fixture.js';
import type { StoredShare } from './share.js';
import type { ShareRepository } from './share.repository.js';

/** A document that shares can be made of, as the implementation under test knows it. */
export interface SharedDocument {
  userId: string;
  documentId: string;
}

/** The promises of `ShareRepository`, for every implementation of it. */
export function shareRepositoryContract(
  name: string,
  make: () => { shares: ShareRepository; records: IdempotencyRecords },
  aDocument: () => Promise<SharedDocument>,
): void {
  describe(`${name} keeps the promises of ShareRepository`, () => {
    let shares: ShareRepository;
    let records: IdempotencyRecords;
    let document: SharedDocument;
    beforeEach(async () => {
      ({ shares, records } = make());
      document = await aDocument();
    });

    const create = async (changes: Partial<StoredShare> = {}) => {
      const share: StoredShare = {
        id: v7(),
        tokenHash: randomUUID(),
        ...document,
        createdAt: '2026-01-02T03:04:05.678Z',
        expiresAt: '2099-01-02T03:04:05.678Z',
        downloads: 0,
        ...changes,
      };
      return { share, isCreated: await shares.create(share) };
    };

    it('gives back exactly what was created, by the hash of the token alone', async () => {
      const { share } = await create({ passwordHash: 'scrypt$', maxDownloads: 3 });
      expect(await shares.findByToken(share.tokenHash)).toEqual(share);
      expect(await shares.findByToken(share.id)).toBeUndefined();
    });

    it('makes no share of a document that does not exist', async () => {
      const { share, isCreated } = await create({ documentId: v7() });
      expect(isCreated).toBe(false);
      expect(await shares.findByToken(share.tokenHash)).toBeUndefined();
    });

    it('stores a receipt with the share or refuses both', async () => {
      const { userId } = document;
      const [mine, lost] = [await aHeldClaim(records, userId), await aHeldClaim(records, userId)];
      await records.release(lost);
      const { share } = await create();
      const another = { ...share, id: v7(), tokenHash: randomUUID() };
      await expect(shares.create(another, receiptFor(lost))).rejects.toMatchObject({ kind: 'request-in-progress' });
      expect(await shares.findByToken(another.tokenHash)).toBeUndefined();
      expect(await shares.create({ ...another, documentId: v7() }, receiptFor(mine))).toBe(false);
      expect(await shares.create(another, receiptFor(mine))).toBe(true);
      expect(await records.release(mine)).toMatchObject({ answer: receiptFor(mine).answer });
    });

    it('lists newest first, without the revoked', async () => {
      const made = [await create(), await create(), await create()].map(({ share }) => share);
      expect(await shares.revoke(document.userId, document.documentId, made[1]!.id)).toBe(true);
      expect(await shares.revoke(document.userId, document.documentId, made[1]!.id)).toBe(true);
      const { items } = await shares.list(document.userId, document.documentId, { limit: 10 });
      expect(items.map(({ id }) => id)).toEqual([made[2]!.id, made[0]!.id]);
      expect(await shares.findByToken(made[1]!.tokenHash)).toMatchObject({ isRevoked: true });
    });

    it('pages to the end', async () => {
      const made: string[] = [];
      for (let i = 0; i < 5; i += 1) made.unshift((await create()).share.id);
      const first = await shares.list(document.userId, document.documentId, { limit: 3 });
      const second = await shares.list(document.userId, document.documentId, { limit: 3, after: first.next });
      expect([...first.items, ...second.items].map(({ id }) => id)).toEqual(made);
    });

    it("revokes nothing that is not the document's", async () => {
      const { share } = await create();
      expect(await shares.revoke(randomUUID(), document.documentId, share.id)).toBe(false);
      expect(await shares.revoke(document.userId, document.documentId, v7())).toBe(false);
    });

    it('never counts more downloads than the limit, however many race', async () => {
      const { share } = await create({ maxDownloads: 3 });
      const counted = await Promise.all(Array.from({ length: 10 }, () => shares.countDownload(share)));
      expect(counted.filter(Boolean)).toHaveLength(3);
      expect(await shares.findByToken(share.tokenHash)).toMatchObject({ downloads: 3 });
    });

    it('counts nothing once it is revoked', async () => {
      const { share } = await create();
      await shares.revoke(document.userId, document.documentId, share.id);
      expect(await shares.countDownload(share)).toBe(false);
    });

    it('gives out no more guesses in a window than allowed, and new ones in the next', async () => {
      const { share } = await create();
      const taken = await Promise.all(Array.from({ length: 10 }, () => shares.takeGuess(share, 7, 4)));
      expect(taken.filter(Boolean)).toHaveLength(4);
      await shares.returnGuess(share, 7);
      expect(await shares.takeGuess(share, 7, 4)).toBe(true);
      expect(await shares.takeGuess(share, 8, 4)).toBe(true);
      expect(await shares.takeGuess(share, 7, 4)).toBe(false);
    });

    it('forgets one share or all of a document, again and again', async () => {
      const [{ share: one }, { share: two }] = [await create(), await create()];
      await shares.remove(one);
      await shares.remove(one);
      expect(await shares.findByToken(one.tokenHash)).toBeUndefined();
      await shares.removeAll(document.userId, document.documentId);
      await shares.removeAll(document.userId, document.documentId);
      expect(await shares.findByToken(two.tokenHash)).toBeUndefined();
    });
  });
}
