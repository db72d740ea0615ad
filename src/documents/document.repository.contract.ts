import { beforeEach, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { v7 } from 'uuid';
import type { IdempotencyRecords } from '../idempotency/idempotency-records.js';
import { aHeldClaim, receiptFor } from '../idempotency/receipt.fixture.js';
import type { DocumentFilter } from './document-filter.js';
import type { DocumentPosition, DocumentRepository } from './document.repository.js';
import type { Limits } from './limits.js';
import type { StoredDocument } from './stored-document.js';

export const contractLimits: Limits = { bytes: 1_000, documents: 20, pendingUploads: 20, fileBytes: 1_000 };

const THEN = '2026-01-02T03:04:05.678Z';

const aPending = (userId: string, changes: Partial<StoredDocument> = {}): StoredDocument => ({
  userId,
  id: v7(),
  name: 'Übersicht 👩‍💻.pdf',
  contentType: 'application/pdf',
  size: 10,
  tags: [],
  status: 'pending',
  version: 1,
  revision: 1,
  createdAt: THEN,
  updatedAt: THEN,
  storedBytes: 0,
  upload: { id: v7(), state: 'open', contentType: 'application/pdf', size: 10, dueAt: '2026-01-03T03:04:05.678Z' },
  ...changes,
});

const published = (document: StoredDocument): StoredDocument => ({
  ...document,
  status: 'ready',
  contentId: document.upload.id,
  storedBytes: document.upload.size,
  upload: { ...document.upload, state: 'done' },
  version: document.version + 1,
  revision: document.revision + 1,
});

/** The promises of `DocumentRepository`, for every implementation of it. */
export function documentRepositoryContract(name: string, make: () => { documents: DocumentRepository; records: IdempotencyRecords }): void {
  describe(`${name} keeps the promises of DocumentRepository`, () => {
    let documents: DocumentRepository;
    let records: IdempotencyRecords;
    let userId: string;
    beforeEach(() => {
      ({ documents, records } = make());
      userId = randomUUID();
    });

    const create = async (changes: Partial<StoredDocument> = {}) => {
      const document = aPending(userId, changes);
      await documents.create(document);
      return document;
    };
    const collect = async (filter: DocumentFilter, limit: number): Promise<string[]> => {
      const ids: string[] = [];
      let after: DocumentPosition | undefined;
      do {
        const page = await documents.list(userId, filter, { limit, after });
        expect(page.items.length).toBeLessThanOrEqual(limit);
        ids.push(...page.items.map(({ id }) => id));
        after = page.next;
      } while (after);
      return ids;
    };

    it('gives back exactly what was stored, and nothing of another user', async () => {
      const document = await create({ folder: 'a/b', tags: ['x', 'ÿ'], checksumSha256: 'abc' });
      expect(await documents.find(userId, document.id)).toEqual(document);
      expect(await documents.find(randomUUID(), document.id)).toBeUndefined();
    });

    it('saves over the revision that was read and no other', async () => {
      const document = await create();
      const renamed = { ...document, name: 'b', revision: 2, version: 2 };
      expect(await documents.save(renamed, document)).toBe(true);
      expect(await documents.save({ ...document, name: 'c', revision: 2 }, document)).toBe(false);
      expect(await documents.find(userId, document.id)).toEqual(renamed);
      expect(await documents.remove(document, {})).toBe(false);
    });

    it('lets exactly one of many racing changes win', async () => {
      const document = await create();
      const changes = Array.from({ length: 8 }, (_, i) => documents.save({ ...document, name: `n${i}`, revision: 2 }, document));
      expect((await Promise.all(changes)).filter(Boolean)).toHaveLength(1);
    });

    it('counts pending uploads apart, bytes and documents when they are published, and nothing once they are removed', async () => {
      const document = await create();
      expect(await documents.usage(userId)).toEqual({ documents: 0, bytes: 0, pendingUploads: 1 });
      const ready = published(document);
      await documents.save(ready, document);
      expect(await documents.usage(userId)).toEqual({ documents: 1, bytes: 10, pendingUploads: 0 });
      const trashed: StoredDocument = { ...ready, status: 'trashed', revision: 3 };
      await documents.save(trashed, ready);
      expect(await documents.usage(userId)).toEqual({ documents: 1, bytes: 10, pendingUploads: 0 });
      expect(await documents.remove(trashed, {})).toBe(true);
      expect(await documents.usage(userId)).toEqual({ documents: 0, bytes: 0, pendingUploads: 0 });
      expect(await documents.find(userId, document.id)).toBeUndefined();
    });

    it('never exceeds a limit, however many changes race', async () => {
      const size = 300;
      const made = await Promise.all(
        Array.from({ length: 6 }, () => create({ upload: { ...aPending(userId).upload, id: v7(), size } })),
      );
      const outcomes = await Promise.allSettled(made.map((document) => documents.save(published(document), document)));
      expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(3);
      for (const outcome of outcomes) {
        if (outcome.status === 'rejected') expect(outcome.reason).toMatchObject({ kind: 'quota-exceeded', extra: { quota: 'bytes', limit: 1_000 } });
      }
      expect(await documents.usage(userId)).toMatchObject({ bytes: 900, documents: 3, pendingUploads: 3 });
    });

    it('refuses more pending uploads than allowed, and promises that would not fit', async () => {
      await expect(create({ upload: { ...aPending(userId).upload, size: 1_001 } })).rejects.toMatchObject({ kind: 'quota-exceeded' });
      for (let i = 0; i < 20; i += 1) await create();
      await expect(create()).rejects.toMatchObject({ kind: 'quota-exceeded', extra: { quota: 'pendingUploads', used: 20 } });
    });

    it('lists newest first without skips or duplicates, trash left out', async () => {
      const made: StoredDocument[] = [];
      for (let i = 0; i < 7; i += 1) made.push(await create());
      await documents.save({ ...made[3]!, status: 'trashed', revision: 2 }, made[3]!);
      const newestFirst = made.map(({ id }) => id).reverse();
      expect(await collect({}, 3)).toEqual(newestFirst.filter((id) => id !== made[3]!.id));
      expect(await collect({ status: 'trashed' }, 3)).toEqual([made[3]!.id]);
    });

    it('lists by folder, tag and status and all their combinations, also after they changed', async () => {
      const one = await create({ folder: 'f', tags: ['a', 'b'] });
      const two = await create({ folder: 'f', tags: ['b'] });
      const three = await create({ tags: ['b'] });
      expect(await collect({ folder: 'f' }, 1)).toEqual([two.id, one.id]);
      expect(await collect({ tag: 'b' }, 2)).toEqual([three.id, two.id, one.id]);
      expect(await collect({ folder: 'f', tag: 'a', status: 'pending' }, 5)).toEqual([one.id]);
      await documents.save({ ...published(one), folder: 'g', tags: ['c'] }, one);
      expect(await collect({ folder: 'f' }, 5)).toEqual([two.id]);
      expect(await collect({ folder: 'g', tag: 'c', status: 'ready' }, 5)).toEqual([one.id]);
      expect(await collect({ tag: 'b', status: 'pending' }, 5)).toEqual([three.id, two.id]);
    });

    it('takes the largest change that a document allows', async () => {
      const labels = (prefix: string) => Array.from({ length: 10 }, (_, i) => `${prefix}${i}`);
      const document = await create({ folder: 'f'.repeat(255), tags: labels('old') });
      const moved = { ...document, folder: '👩'.repeat(255), tags: labels('new'), revision: 2 };
      expect(await documents.save(moved, document)).toBe(true);
      expect(await collect({ folder: moved.folder, tag: 'new9' }, 5)).toEqual([document.id]);
      expect(await collect({ folder: document.folder }, 5)).toEqual([]);
    });

    it('stores a receipt with the change or refuses both', async () => {
      const [mine, lost] = [await aHeldClaim(records, userId), await aHeldClaim(records, userId)];
      await records.release(lost);
      const document = aPending(userId);
      await expect(documents.create(document, { receipt: receiptFor(lost) })).rejects.toMatchObject({ kind: 'request-in-progress' });
      expect(await documents.find(userId, document.id)).toBeUndefined();
      expect(await documents.usage(userId)).toMatchObject({ pendingUploads: 0 });
      await documents.create(document, { receipt: receiptFor(mine) });
      expect(await records.release(mine)).toMatchObject({ answer: receiptFor(mine).answer });
      const renamed = { ...document, name: 'b', revision: 2 };
      await expect(documents.save(renamed, document, { receipt: receiptFor(mine) })).rejects.toMatchObject({ kind: 'request-in-progress' });
      expect(await documents.find(userId, document.id)).toEqual(document);
    });

    it('stores no receipt when the change is refused', async () => {
      const claim = await aHeldClaim(records, userId);
      const document = await create();
      await documents.save({ ...document, name: 'b', revision: 2 }, document);
      expect(await documents.save({ ...document, name: 'c', revision: 2 }, document, { receipt: receiptFor(claim) })).toBe(false);
      const large = aPending(userId, { upload: { ...aPending(userId).upload, size: 1_001 } });
      await expect(documents.create(large, { receipt: receiptFor(claim) })).rejects.toMatchObject({ kind: 'quota-exceeded' });
      expect(await records.release(claim)).toBeUndefined();
    });

    it('keeps a history that is stored with the document', async () => {
      const document = await create();
      const content = { id: document.upload.id, version: 2, contentType: 'application/pdf', size: 10, createdAt: THEN };
      await documents.save(published(document), document, { published: content });
      expect(await documents.history(userId, document.id)).toEqual([content]);
      await documents.removeHistory(userId, document.id);
      await documents.removeHistory(userId, document.id);
      expect(await documents.history(userId, document.id)).toEqual([]);
    });
  });
}
