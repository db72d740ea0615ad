import { BatchGetCommand, type BatchGetCommandInput, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { AppError } from '../common/app-error.js';
import { pause } from '../resilience/budget.js';

type Item = Record<string, unknown>;
/** Which attributes to read. */
type Projection = Pick<NonNullable<BatchGetCommandInput['RequestItems']>[string], 'ProjectionExpression' | 'ExpressionAttributeNames'>;

const ROUNDS = 4;

/** Reads up to 100 items strongly consistently, in no order; asks again for what DynamoDB left unprocessed. */
export async function batchGet(db: DynamoDBDocumentClient, table: string, keys: Item[], projection: Projection = {}): Promise<Item[]> {
  const found: Item[] = [];
  let pending = keys;
  for (let round = 0; pending.length > 0; round += 1) {
    if (round === ROUNDS) throw new AppError('unavailable', 'The service is busy.', { headers: { 'Retry-After': '1' } });
    if (round > 0) await pause(Math.random() * 50 * 2 ** round);
    const reply = await db.send(new BatchGetCommand({ RequestItems: { [table]: { Keys: pending, ConsistentRead: true, ...projection } } }));
    found.push(...(reply.Responses?.[table] ?? []));
    pending = reply.UnprocessedKeys?.[table]?.Keys ?? [];
  }
  return found;
}
