import { randomUUID } from 'node:crypto';
import { v7 } from 'uuid';
import { MemoryIdempotencyRecords } from '../../idempotency/memory-idempotency-records.js';
import { MemoryShareRepository } from './memory-share.repository.js';
import { shareRepositoryContract } from './share.repository.contract.js';

const existing = new Set<string>();

shareRepositoryContract(
  'the fake',
  () => {
    const records = new MemoryIdempotencyRecords();
    return { records, shares: new MemoryShareRepository((userId, documentId) => existing.has(`${userId}/${documentId}`), records) };
  },
  async () => {
    const document = { userId: randomUUID(), documentId: v7() };
    existing.add(`${document.userId}/${document.documentId}`);
    return document;
  },
);
