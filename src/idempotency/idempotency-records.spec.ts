import { idempotencyRecordsContract } from './idempotency-records.contract.js';
import { MemoryIdempotencyRecords } from './memory-idempotency-records.js';

idempotencyRecordsContract('the fake', () => {
  const records = new MemoryIdempotencyRecords();
  return {
    records,
    keep: async (receipt) => {
      const isHeld = records.isHeld(receipt);
      if (isHeld) records.keep(receipt);
      return isHeld;
    },
  };
});
