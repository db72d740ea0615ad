import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { GetCommand, QueryCommand, UpdateCommand, type DynamoDBDocumentClient, type UpdateCommandInput } from '@aws-sdk/lib-dynamodb';
import { batchGet } from '../aws/batch-get.js';
import { transact, type TransactionWrite } from '../aws/transact.js';
import type { Page } from '../common/page.js';
import { dueShardOf, keys, signInItem, toMark, toSignIn, ttlOf, type Item } from './session-items.js';
import { SignInRepository, type SignInPageRequest, type SignInPosition } from './sign-in.repository.js';
import type { Endings, Mark, SignIn } from './sign-in.js';

/** Table: hash `pk` (the user), range `sk`; the local index `recent` (`recentKey`) lists what goes on. */
export class DynamoSignInRepository extends SignInRepository {
  constructor(
    private readonly db: DynamoDBDocumentClient,
    private readonly table: string,
  ) {
    super();
  }

  async find(userId: string, id: string): Promise<SignIn | undefined> {
    const item = await this.get(userId, keys.signIn(id));
    return item && toSignIn(item);
  }

  async endings(userId: string, id: string): Promise<Endings> {
    const items = await batchGet(this.db, this.table, [keys.mark, keys.ended(id)].map((sk) => ({ pk: userId, sk })));
    const mark = items.find(({ sk }) => sk === keys.mark);
    const ended = items.find(({ sk }) => sk === keys.ended(id));
    return {
      ...(mark && { mark: toMark(mark) }),
      ...(ended && { endedBefore: Number(ended['endedBefore']) }),
    };
  }

  async record(signIn: SignIn, { mark, endedBefore }: Endings): Promise<boolean> {
    const { userId, id } = signIn;
    const refusal = await transact(this.db, [
      { Put: { TableName: this.table, Item: signInItem(signIn), ConditionExpression: 'attribute_not_exists(pk)' } },
      this.unchanged(userId, keys.mark, 'markId', mark?.id),
      this.unchanged(userId, keys.ended(id), 'endedBefore', endedBefore),
    ]);
    return refusal === undefined;
  }

  async touch({ userId, id, lastSeenAt, expiresAt, userAgent }: SignIn): Promise<void> {
    await this.update(userId, keys.signIn(id), {
      UpdateExpression: `SET lastSeenAt = :seen, expiresAt = :expires, #ttl = :ttl${userAgent === undefined ? '' : ', userAgent = :agent'}`,
      ConditionExpression: 'attribute_exists(pk) AND lastSeenAt < :seen',
      ExpressionAttributeNames: { '#ttl': 'ttl' },
      ExpressionAttributeValues: {
        ':seen': lastSeenAt,
        ':expires': expiresAt,
        ':ttl': ttlOf(expiresAt),
        ...(userAgent !== undefined && { ':agent': userAgent }),
      },
    });
  }

  async end(userId: string, id: string, endedBefore: number, until: string): Promise<boolean> {
    const TableName = this.table;
    const Item = { pk: userId, sk: keys.ended(id), endedBefore, ttl: ttlOf(until) };
    const refusal = await transact(this.db, [
      { Delete: { TableName, Key: { pk: userId, sk: keys.signIn(id) }, ConditionExpression: 'attribute_exists(pk)' } },
      { Put: { TableName, Item } },
      { Delete: { TableName, Key: { pk: userId, sk: keys.data(id) } } },
    ]);
    return refusal === undefined || (await this.get(userId, keys.ended(id))) !== undefined;
  }

  async setMark(userId: string, { id, before, closedAt }: Mark): Promise<void> {
    const closing = closedAt === undefined ? '' : ', closedAt = :closed, dueShard = :shard, dueAt = :closed';
    const values = { ':id': id, ...(closedAt !== undefined && { ':closed': closedAt, ':shard': dueShardOf(userId) }) };
    const isSet = await this.update(userId, keys.mark, {
      UpdateExpression: `SET markId = :id, #before = :before${closing}`,
      ConditionExpression: 'attribute_not_exists(#before) OR #before <= :before',
      ExpressionAttributeNames: { '#before': 'before' },
      ExpressionAttributeValues: { ...values, ':before': before },
    });
    if (isSet) return;
    await this.update(userId, keys.mark, { UpdateExpression: `SET markId = :id${closing}`, ExpressionAttributeValues: values });
  }

  async list(userId: string, { limit, after }: SignInPageRequest): Promise<Page<SignIn, SignInPosition>> {
    const { Items = [], LastEvaluatedKey } = await this.db.send(
      new QueryCommand({
        TableName: this.table,
        IndexName: 'recent',
        KeyConditionExpression: `pk = :user${after ? ' AND recentKey < :after' : ''}`,
        ExpressionAttributeValues: { ':user': userId, ...(after && { ':after': after.after }) },
        ConsistentRead: true,
        ScanIndexForward: false,
        Limit: limit,
      }),
    );
    const last = Items.at(-1)?.['recentKey'];
    return { items: Items.map(toSignIn), ...(LastEvaluatedKey && last !== undefined && { next: { after: String(last) } }) };
  }

  private unchanged(pk: string, sk: string, name: string, value: unknown): TransactionWrite {
    const condition =
      value === undefined
        ? { ConditionExpression: 'attribute_not_exists(pk)' }
        : { ConditionExpression: '#name = :value', ExpressionAttributeNames: { '#name': name }, ExpressionAttributeValues: { ':value': value } };
    return { ConditionCheck: { TableName: this.table, Key: { pk, sk }, ...condition } };
  }

  private async get(pk: string, sk: string): Promise<Item | undefined> {
    const { Item } = await this.db.send(new GetCommand({ TableName: this.table, Key: { pk, sk }, ConsistentRead: true }));
    return Item;
  }

  /** False when the condition does not hold. */
  private async update(pk: string, sk: string, change: Omit<UpdateCommandInput, 'TableName' | 'Key'>): Promise<boolean> {
    try {
      await this.db.send(new UpdateCommand({ TableName: this.table, Key: { pk, sk }, ...change }));
      return true;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return false;
      throw error;
    }
  }
}
