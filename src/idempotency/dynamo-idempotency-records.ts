import { ConditionalCheckFailedException, TransactionConflictException } from '@aws-sdk/client-dynamodb';
import { DeleteCommand, PutCommand, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { setTimeout as delay } from 'node:timers/promises';
import { isHeld, recordKey, ttlOf } from './dynamo-receipt.js';
import { IdempotencyRecords, type Held, type NewClaim } from './idempotency-records.js';
import type { Claim } from './receipt.js';

const RELEASE_ATTEMPTS = 4;

/** Table: hash `pk` (the user), range `sk` (the key's hash). `ttl` prunes; whether a record counts is decided by our clock. */
export class DynamoIdempotencyRecords extends IdempotencyRecords {
  constructor(
    private readonly db: DynamoDBDocumentClient,
    private readonly table: string,
  ) {
    super();
  }

  async claim(claim: NewClaim, now: number): Promise<Held | undefined> {
    const { owner, fingerprint, leaseUntil, expiresAt } = claim;
    const put = new PutCommand({
      TableName: this.table,
      Item: { ...recordKey(claim), owner, fingerprint, leaseUntil, ttl: ttlOf(expiresAt) },
      ConditionExpression: 'attribute_not_exists(pk) OR #ttl <= :seconds OR (attribute_not_exists(answer) AND leaseUntil <= :now)',
      ExpressionAttributeNames: { '#ttl': 'ttl' },
      ExpressionAttributeValues: { ':seconds': ttlOf(now), ':now': now },
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    });
    try {
      await this.db.send(put);
      return undefined;
    } catch (error) {
      // Somebody's receipt is being stored at this very moment.
      if (error instanceof TransactionConflictException) return {};
      const held = heldIn(error);
      // A retry after a lost reply meets its own claim.
      return held?.owner === owner && held.answer === undefined ? undefined : held;
    }
  }

  async release(claim: Claim): Promise<Held | undefined> {
    const remove = new DeleteCommand({ TableName: this.table, Key: recordKey(claim), ...isHeld(claim) });
    for (let attempt = 1; ; attempt += 1) {
      try {
        await this.db.send(remove);
        return undefined;
      } catch (error) {
        // The transaction that was given up is still running: in a moment it is known how it ended.
        const isEnding = error instanceof TransactionConflictException && attempt < RELEASE_ATTEMPTS;
        if (!isEnding) return heldIn(error);
        await delay(Math.random() * 50 * 2 ** attempt);
      }
    }
  }
}

/** The record that a condition met, or nothing when there was none. */
function heldIn(error: unknown): Held | undefined {
  if (!(error instanceof ConditionalCheckFailedException)) throw error;
  return error.Item && (unmarshall(error.Item) as Held);
}
