import { randomUUID } from 'node:crypto';
import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { GetCommand, UpdateCommand, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { transact } from '../aws/transact.js';
import { signInEnded } from '../auth/sign-outs.js';
import { stale } from '../common/preconditions.js';
import { keys, sessionItem, toSession, ttlOf } from './session-items.js';
import { SessionRepository } from './session.repository.js';
import type { Session } from './session.js';

/** Beside its sign-in in the same partition; stored only while that goes on. */
export class DynamoSessionRepository extends SessionRepository {
  constructor(
    private readonly db: DynamoDBDocumentClient,
    private readonly table: string,
  ) {
    super();
  }

  async find(userId: string, signInId: string): Promise<Session | undefined> {
    const Key = { pk: userId, sk: keys.data(signInId) };
    const { Item } = await this.db.send(new GetCommand({ TableName: this.table, Key, ConsistentRead: true }));
    return Item && toSession(Item);
  }

  async save(next: Session, previous?: Session): Promise<void> {
    const TableName = this.table;
    const { userId: pk, signInId } = next;
    const writeId = randomUUID();
    const refusal = await transact(this.db, [
      {
        Put: {
          TableName,
          Item: sessionItem(next, writeId),
          ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
          ...conditionOf(next, previous),
        },
      },
      { ConditionCheck: { TableName, Key: { pk, sk: keys.signIn(signInId) }, ConditionExpression: 'attribute_exists(pk)' } },
    ]);
    if (refusal === undefined || refusal.item?.['writeId'] === writeId) return;
    throw refusal.index === 0 ? stale() : signInEnded();
  }

  async slide({ userId, signInId, createdAt, expiresAt: old }: Session, expiresAt: string): Promise<void> {
    try {
      await this.db.send(
        new UpdateCommand({
          TableName: this.table,
          Key: { pk: userId, sk: keys.data(signInId) },
          UpdateExpression: 'SET expiresAt = :expires, #ttl = :ttl',
          ConditionExpression: 'createdAt = :created AND expiresAt = :old',
          ExpressionAttributeNames: { '#ttl': 'ttl' },
          ExpressionAttributeValues: { ':expires': expiresAt, ':ttl': ttlOf(expiresAt), ':created': createdAt, ':old': old },
        }),
      );
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
    }
  }
}

const conditionOf = (next: Session, previous: Session | undefined) =>
  previous
    ? {
        ConditionExpression: '#version = :version AND createdAt = :created',
        ExpressionAttributeNames: { '#version': 'version' },
        ExpressionAttributeValues: { ':version': previous.version, ':created': previous.createdAt },
      }
    : { ConditionExpression: 'attribute_not_exists(pk) OR expiresAt <= :now', ExpressionAttributeValues: { ':now': next.updatedAt } };
