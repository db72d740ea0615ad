import { DeleteCommand, paginateQuery, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { RequestRecords, type RequestRecord } from './request-records.js';

type Item = Record<string, unknown>;

/** The idempotency table: hash `pk` (the user), range `sk` (the key's hash). */
export class DynamoRequestRecords extends RequestRecords {
  constructor(
    private readonly db: DynamoDBDocumentClient,
    private readonly table: string,
  ) {
    super();
  }

  async *of(userId: string): AsyncIterable<RequestRecord> {
    for await (const { ttl, answer } of this.items(userId)) {
      yield { expiresAt: new Date(Number(ttl ?? 0) * 1_000).toISOString(), isAnswered: answer !== undefined };
    }
  }

  async removeAll(userId: string): Promise<void> {
    for await (const { pk, sk } of this.items(userId)) {
      await this.db.send(new DeleteCommand({ TableName: this.table, Key: { pk, sk } }));
    }
  }

  private async *items(userId: string): AsyncIterable<Item> {
    const query = {
      TableName: this.table,
      KeyConditionExpression: 'pk = :user',
      ExpressionAttributeValues: { ':user': userId },
      ConsistentRead: true,
    };
    for await (const { Items = [] } of paginateQuery({ client: this.db }, query)) yield* Items;
  }
}
