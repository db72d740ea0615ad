import { TransactionCanceledException, TransactionInProgressException } from '@aws-sdk/client-dynamodb';
import { TransactWriteCommand, type DynamoDBDocumentClient, type TransactWriteCommandInput } from '@aws-sdk/lib-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { AppError } from '../common/app-error.js';

export type TransactionWrite = NonNullable<TransactWriteCommandInput['TransactItems']>[number];

/** Why a transaction was refused: the index of the first write whose condition failed, and the item that it met. */
export interface Refusal {
  index: number;
  item?: Record<string, unknown>;
}

const ATTEMPTS = 12;
const LONGEST_PAUSE_MS = 400;

/**
 * Carries out all writes or none. Resolves to `undefined` when they are stored and to the refusal when a condition does not
 * hold. The request token makes a retry after a lost reply answer with the first outcome. Conflicts with other
 * transactions are waited out with jitter, for about two seconds at most.
 */
export async function transact(db: DynamoDBDocumentClient, writes: TransactionWrite[]): Promise<Refusal | undefined> {
  const command = new TransactWriteCommand({ TransactItems: writes, ClientRequestToken: randomUUID() });
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    if (attempt > 0) await delay(Math.random() * Math.min(LONGEST_PAUSE_MS, 10 * 2 ** attempt));
    try {
      await db.send(command);
      return undefined;
    } catch (error) {
      const refusal = refusalOf(error);
      if (refusal) return refusal;
      if (!isContention(error)) throw error;
    }
  }
  throw new AppError('unavailable', 'The service is busy.', { headers: { 'Retry-After': '1' } });
}

function refusalOf(error: unknown): Refusal | undefined {
  if (!(error instanceof TransactionCanceledException)) return undefined;
  const reasons = error.CancellationReasons ?? [];
  const index = reasons.findIndex(({ Code }) => Code === 'ConditionalCheckFailed');
  if (index < 0) return undefined;
  const item = reasons[index]?.Item;
  return { index, ...(item && { item: unmarshall(item) }) };
}

const CONTENTION = new Set(['TransactionConflict', 'ThrottlingError', 'ProvisionedThroughputExceeded']);

const isContention = (error: unknown): boolean =>
  error instanceof TransactionInProgressException ||
  (error instanceof TransactionCanceledException &&
    (error.CancellationReasons ?? []).some(({ Code }) => CONTENTION.has(Code ?? '')));
