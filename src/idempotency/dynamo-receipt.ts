import type { TransactionWrite } from '../aws/transact.js';
import type { Receipt } from './receipt.js';

/** Placeholder until the idempotency folder is written. */
export const receiptItem = (receipt: Receipt, table: string): TransactionWrite => ({
  Put: { TableName: table, Item: { pk: receipt.userId, sk: receipt.key } },
});
