import { describe, expect, it } from '@jest/globals';
import { GetCommand } from '@aws-sdk/lib-dynamodb';
import { randomUUID } from 'node:crypto';
import { dynamoDb } from '../../src/aws/clients.js';
import { transact } from '../../src/aws/transact.js';
import { parseConfig } from '../../src/config/config.js';
import { DynamoIdempotencyRecords } from '../../src/idempotency/dynamo-idempotency-records.js';
import { receiptItem, recordKey } from '../../src/idempotency/dynamo-receipt.js';
import { idempotencyRecordsContract } from '../../src/idempotency/idempotency-records.contract.js';
import { cloudEnv } from '../support/cloud.js';

const config = parseConfig(cloudEnv());
Object.assign(process.env, Object.fromEntries(Object.entries(cloudEnv()).filter(([name]) => name.startsWith('AWS_'))));
const db = dynamoDb(config);
const records = new DynamoIdempotencyRecords(db, config.IDEMPOTENCY_TABLE);

idempotencyRecordsContract('DynamoDB', () => ({
  records,
  keep: async (receipt) => (await transact(db, [receiptItem(receipt, config.IDEMPOTENCY_TABLE)])) === undefined,
}));

describe('a record in DynamoDB', () => {
  it('carries the time in seconds at which DynamoDB may prune it, claimed or answered', async () => {
    const claim = { userId: randomUUID(), keyHash: 'k', owner: 'o', fingerprint: 'f', leaseUntil: 2_000, expiresAt: 86_400_500 };
    const stored = async () => (await db.send(new GetCommand({ TableName: config.IDEMPOTENCY_TABLE, Key: recordKey(claim), ConsistentRead: true }))).Item;
    await records.claim(claim, 1_000);
    expect(await stored()).toMatchObject({ ttl: 86_400 });
    await transact(db, [receiptItem({ ...claim, answer: '{}', expiresAt: 90_000_000 }, config.IDEMPOTENCY_TABLE)]);
    expect(await stored()).toMatchObject({ ttl: 90_000, answer: '{}' });
    expect(await stored()).not.toHaveProperty('leaseUntil');
  });
});
