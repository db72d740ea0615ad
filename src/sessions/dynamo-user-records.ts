import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { DeleteCommand, GetCommand, paginateQuery, UpdateCommand, type DynamoDBDocumentClient, type UpdateCommandInput } from '@aws-sdk/lib-dynamodb';
import { DUE_SHARDS, keys, toSession, toSignIn, type Item } from './session-items.js';
import type { Session } from './session.js';
import type { SignIn } from './sign-in.js';
import { UserRecords, type Closure } from './user-records.js';

const AT_ONCE = 20;

export class DynamoUserRecords extends UserRecords {
  constructor(
    private readonly db: DynamoDBDocumentClient,
    private readonly table: string,
  ) {
    super();
  }

  async *signIns(userId: string): AsyncIterable<SignIn> {
    for await (const items of this.pages(userId, keys.signIn(''))) yield* items.map(toSignIn);
  }

  async *sessions(userId: string): AsyncIterable<Session> {
    for await (const items of this.pages(userId, keys.data(''))) yield* items.map(toSession);
  }

  async removeAll(userId: string): Promise<void> {
    for (const prefix of [keys.signIn(''), keys.data(''), keys.ended('')]) {
      for await (const items of this.pages(userId, prefix)) {
        for (let i = 0; i < items.length; i += AT_ONCE) await Promise.all(items.slice(i, i + AT_ONCE).map((item) => this.remove(item)));
      }
    }
  }

  async isClosed(userId: string): Promise<boolean> {
    const { Item } = await this.db.send(new GetCommand({ TableName: this.table, Key: { pk: userId, sk: keys.mark }, ConsistentRead: true }));
    return Item?.['closedAt'] !== undefined;
  }

  async *due(now: string): AsyncIterable<Closure> {
    for (const shard of DUE_SHARDS) {
      const pages = paginateQuery(
        { client: this.db },
        {
          TableName: this.table,
          IndexName: 'due',
          KeyConditionExpression: 'dueShard = :shard AND dueAt <= :now',
          ExpressionAttributeValues: { ':shard': shard, ':now': now },
        },
      );
      for await (const { Items = [] } of pages) {
        for (const { pk } of Items) {
          const closure = await this.closureOf(String(pk));
          if (closure && closure.dueAt <= now) yield closure;
        }
      }
    }
  }

  reopen(userId: string, closedAt: string, dueAt: string): Promise<void> {
    return this.change(userId, {
      UpdateExpression: 'SET erasedAt = :closed, dueAt = :due REMOVE closedAt',
      ConditionExpression: 'closedAt = :closed',
      ExpressionAttributeValues: { ':closed': closedAt, ':due': dueAt },
    });
  }

  settle({ userId, dueAt }: Closure): Promise<void> {
    return this.change(userId, {
      UpdateExpression: 'REMOVE dueShard, dueAt',
      ConditionExpression: 'attribute_not_exists(closedAt) AND dueAt = :due',
      ExpressionAttributeValues: { ':due': dueAt },
    });
  }

  /** The index holds keys only. */
  private async closureOf(userId: string): Promise<Closure | undefined> {
    const { Item } = await this.db.send(new GetCommand({ TableName: this.table, Key: { pk: userId, sk: keys.mark }, ConsistentRead: true }));
    if (Item?.['dueAt'] === undefined) return undefined;
    const { closedAt, dueAt } = Item;
    return { userId, dueAt: String(dueAt), ...(closedAt !== undefined && { closedAt: String(closedAt) }) };
  }

  private async *pages(userId: string, prefix: string): AsyncIterable<Item[]> {
    const pages = paginateQuery(
      { client: this.db },
      {
        TableName: this.table,
        KeyConditionExpression: 'pk = :user AND begins_with(sk, :prefix)',
        ExpressionAttributeValues: { ':user': userId, ':prefix': prefix },
        ConsistentRead: true,
      },
    );
    for await (const { Items = [] } of pages) yield Items;
  }

  private async remove({ pk, sk }: Item): Promise<void> {
    await this.db.send(new DeleteCommand({ TableName: this.table, Key: { pk, sk } }));
  }

  /** Changes nothing when the condition does not hold. */
  private async change(userId: string, change: Omit<UpdateCommandInput, 'TableName' | 'Key'>): Promise<void> {
    try {
      await this.db.send(new UpdateCommand({ TableName: this.table, Key: { pk: userId, sk: keys.mark }, ...change }));
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
    }
  }
}
