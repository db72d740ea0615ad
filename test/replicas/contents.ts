import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { DynamoDBDocumentClient, GetCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import type { Environment } from '../../local/names.js';
import type { Player } from './player.js';

type Item = Record<string, unknown>;

/** Attributes that say who wrote or when, not what: two right runs differ in them. */
const VOLATILE = new Set(['writeId', 'dueShard', 'dueAt', 'ttl', 'owner', 'leaseUntil', 'lastSeenAt', 'tokenHash', 'passwordHash', 'guessWindow', 'sealed']);

/** The tables and the bucket, asked user by user: nothing is scanned. */
export class Store {
  private readonly db: DynamoDBDocumentClient;
  private readonly s3: S3Client;

  constructor(private readonly environment: Environment) {
    const credentials = { accessKeyId: environment['AWS_ACCESS_KEY_ID'] ?? '', secretAccessKey: environment['AWS_SECRET_ACCESS_KEY'] ?? '' };
    const region = environment['AWS_REGION'];
    const endpoint = environment['AWS_ENDPOINT_URL'];
    this.db = DynamoDBDocumentClient.from(new DynamoDBClient({ region, credentials, endpoint: environment['AWS_ENDPOINT_URL_DYNAMODB'] ?? endpoint }));
    this.s3 = new S3Client({ region, credentials, endpoint: environment['AWS_ENDPOINT_URL_S3'] ?? endpoint, forcePathStyle: true });
  }

  /** All that the tables hold on a user, and what the bucket does. */
  async of(userId: string, mayHaveFiles: boolean): Promise<Item[]> {
    const parts = await Promise.all([
      this.profile(userId),
      ...['DOCUMENTS_TABLE', 'SESSIONS_TABLE', 'IDEMPOTENCY_TABLE'].map((table) => this.rows(table, userId)),
      ...(mayHaveFiles ? [this.objects(userId)] : []),
    ]);
    return parts.flat();
  }

  private async profile(userId: string): Promise<Item[]> {
    const { Item } = await this.db.send(new GetCommand({ TableName: this.environment['PROFILES_TABLE'], Key: { userId }, ConsistentRead: true }));
    return Item ? [Item] : [];
  }

  private async rows(table: string, userId: string): Promise<Item[]> {
    const { Items = [] } = await this.db.send(
      new QueryCommand({
        TableName: this.environment[table],
        KeyConditionExpression: 'pk = :pk',
        ExpressionAttributeValues: { ':pk': userId },
        ConsistentRead: true,
      }),
    );
    return Items.map((item) => ({ table, ...item }));
  }

  private async objects(userId: string): Promise<Item[]> {
    const { Contents = [] } = await this.s3.send(new ListObjectsV2Command({ Bucket: this.environment['DOCUMENTS_BUCKET'], Prefix: `documents/${userId}/` }));
    return Contents.map(({ Key, Size }) => ({ key: Key, size: Size }));
  }
}

/** What a program left behind, as comparable text: ids renamed as in its trace, times and hashes taken out. */
export async function contentsOf(store: Store, player: Player): Promise<string[]> {
  const active = player.users.filter((userId) => player.active.has(userId));
  const owners = new Set(player.docs.map(({ as }) => player.users[as % player.users.length]));
  const items = (await Promise.all(active.map((userId) => store.of(userId, owners.has(userId))))).flat();
  return items.map((item) => JSON.stringify(player.rename(withoutVolatile(item)))).sort();
}

function withoutVolatile(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutVolatile);
  if (typeof value === 'number' && value > 1e9) return 'time';
  // A kept answer may name the replica that gave it.
  if (typeof value === 'string') return value.replace(/127\.0\.0\.1:\d+/g, 'host').replace(/[0-9a-f]{40,}|[A-Za-z0-9_-]{43}=?/g, 'hash');
  if (typeof value !== 'object' || value === null) return value;
  const kept = Object.entries(value).filter(([name]) => !VOLATILE.has(name));
  return Object.fromEntries(kept.map(([name, inner]) => [name, withoutVolatile(inner)]));
}
