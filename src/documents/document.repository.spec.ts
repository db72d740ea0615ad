import { contractLimits, documentRepositoryContract } from './document.repository.contract.js';
import { MemoryIdempotencyRecords } from '../idempotency/memory-idempotency-records.js';
import { MemoryDocumentRepository } from './memory-document.repository.js';

documentRepositoryContract('the fake', () => {
  const records = new MemoryIdempotencyRecords();
  return { records, documents: new MemoryDocumentRepository(contractLimits, records) };
});
