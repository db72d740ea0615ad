import { TransactionCanceledException, TransactionInProgressException } from '@aws-sdk/client-dynamodb';
import { TransactWriteCommand, type DynamoDBDocumentClient, type TransactWriteCommandInput } from '@aws-sdk/lib-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { randomUUID } from 'node:crypto';
import { AppError } from '../common/app-error.js';
import { pause } from '../resilience/budget.js';

export type TransactionWrite = NonNullable<TransactWriteCommandInput['TransactItems']>[number];

/** Why a transaction was refused: the index of the first write whose condition failed, and the item that it met. */
export interface Refusal {
  index: number;
  item?: Record<string, unknown>;
}

const ATTEMPTS = 12;
/** Against throttling the SDK's own number of attempts; more would make it worse. */
const THROTTLED_ATTEMPTS = 3;
const LONGEST_PAUSE_MS = 400;

/**
 * Carries out all writes or none. Resolves to `undefined` when they are stored and to the refusal when a condition does not
 * hold. The request token makes a retry after a lost reply answer with the first outcome. Conflicts with other
 * transactions are waited out with jitter, for about two seconds and never beyond the request's budget. The SDK tries again
 * what fails as a whole, this loop only what DynamoDB cancelled: their attempts do not multiply.
 */
export async function transact(db: DynamoDBDocumentClient, writes: TransactionWrite[]): Promise<Refusal | undefined> {
  const command = new TransactWriteCommand({ TransactItems: writes, ClientRequestToken: randomUUID() });
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    if (attempt > 0) await pause(Math.random() * Math.min(LONGEST_PAUSE_MS, 10 * 2 ** attempt));
    try {
      await db.send(command);
      return undefined;
    } catch (error) {
      const refusal = refusalOf(error);
      if (refusal) return refusal;
      if (!isContention(error)) throw error;
      if (isThrottled(error) && attempt + 1 >= THROTTLED_ATTEMPTS) break;
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

const THROTTLED = new Set(['ThrottlingError', 'ProvisionedThroughputExceeded']);

const isContention = (error: unknown): boolean =>
  error instanceof TransactionInProgressException || isThrottled(error) || hasReason(error, (code) => code === 'TransactionConflict');

const isThrottled = (error: unknown): boolean => hasReason(error, (code) => THROTTLED.has(code));

const hasReason = (error: unknown, matches: (code: string) => boolean): boolean =>
  error instanceof TransactionCanceledException && (error.CancellationReasons ?? []).some(({ Code }) => matches(Code ?? ''));
