import { randomUUID } from 'node:crypto';
import {
  DeleteCommand,
  GetCommand,
  PutCommand,
  QueryCommand,
  type DynamoDBDocumentClient,
  type QueryCommandInput,
} from '@aws-sdk/lib-dynamodb';
import { batchGet } from '../aws/batch-get.js';
import { conditionalWrite } from '../aws/conditional-write.js';
import { stale } from '../common/preconditions.js';
import type { Page } from '../common/page.js';
import type { Profile } from './profile.js';
import { ProfileRepository, type ProfilePageRequest, type ProfilePosition } from './profile.repository.js';

type Item = Record<string, unknown>;

const LISTING = 'profile';
const emailKeyOf = (email: string): string => email.toLowerCase();
const createdKeyOf = ({ createdAt, userId }: Profile): string => `${createdAt}#${userId}`;

/**
 * Table: hash `userId`; indexes `byCreation` (`listing`, `createdKey`) and `byEmail` (`emailKey`, `userId`) hold keys
 * only, so that a change of a profile costs one write.
 */
export class DynamoProfileRepository extends ProfileRepository {
  constructor(
    private readonly db: DynamoDBDocumentClient,
    private readonly table: string,
  ) {
    super();
  }

  async find(userId: string): Promise<Profile | undefined> {
    const { Item } = await this.db.send(
      new GetCommand({ TableName: this.table, Key: { userId }, ConsistentRead: true }),
    );
    return Item && toProfile(Item);
  }

  create(profile: Profile): Promise<boolean> {
    return this.put(profile, { ConditionExpression: 'attribute_not_exists(userId)' });
  }

  async replace(profile: Profile, expected: number): Promise<void> {
    const isStored = await this.put(profile, {
      ConditionExpression: '#version = :expected AND createdAt = :createdAt',
      ExpressionAttributeNames: { '#version': 'version' },
      ExpressionAttributeValues: { ':expected': expected, ':createdAt': profile.createdAt },
    });
    if (!isStored) throw stale();
  }

  async remove(userId: string): Promise<void> {
    await this.db.send(new DeleteCommand({ TableName: this.table, Key: { userId } }));
  }

  async list({ limit, after }: ProfilePageRequest): Promise<Page<Profile, ProfilePosition>> {
    const { items, isLast } = await this.query(limit, {
      IndexName: 'byCreation',
      KeyConditionExpression: `listing = :listing${after ? ' AND createdKey < :after' : ''}`,
      ExpressionAttributeValues: { ':listing': LISTING, ...(after && { ':after': after.after }) },
      ScanIndexForward: false,
    });
    const profiles = await this.findMany(items);
    return pageOf(profiles, isLast ? undefined : items.at(-1)?.['createdKey']);
  }

  async listByEmail(email: string, { limit, after }: ProfilePageRequest): Promise<Page<Profile, ProfilePosition>> {
    const { items, isLast } = await this.query(limit, {
      IndexName: 'byEmail',
      KeyConditionExpression: `emailKey = :email${after ? ' AND userId > :after' : ''}`,
      ExpressionAttributeValues: { ':email': emailKeyOf(email), ...(after && { ':after': after.after }) },
    });
    const profiles = await this.findMany(items);
    const matching = profiles.filter((profile) => profile.email && emailKeyOf(profile.email) === emailKeyOf(email));
    return pageOf(matching, isLast ? undefined : items.at(-1)?.['userId']);
  }

  private put(profile: Profile, condition: Partial<PutCommand['input']>): Promise<boolean> {
    const writeId = randomUUID();
    const command = new PutCommand({
      TableName: this.table,
      Item: toItem(profile, writeId),
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      ...condition,
    });
    return conditionalWrite(writeId, () => this.db.send(command));
  }

  private async query(limit: number, query: Partial<QueryCommandInput>): Promise<{ items: Item[]; isLast: boolean }> {
    const { Items = [], LastEvaluatedKey } = await this.db.send(
      new QueryCommand({ TableName: this.table, Limit: limit, ...query }),
    );
    return { items: Items, isLast: LastEvaluatedKey === undefined };
  }

  /** An index lags behind its table: what was removed since is left out. Keeps the order of `keys`. */
  private async findMany(keys: Item[]): Promise<Profile[]> {
    const items = await batchGet(this.db, this.table, keys.map(({ userId }) => ({ userId })));
    const byId = new Map(items.map((item) => [item['userId'], item]));
    return keys.map(({ userId }) => byId.get(userId)).filter((item) => item !== undefined).map(toProfile);
  }
}

const pageOf = (items: Profile[], after: unknown): Page<Profile, ProfilePosition> => ({
  items,
  ...(typeof after === 'string' && { next: { after } }),
});

/** Preferences are stored as text: DynamoDB's numbers and names are narrower than JSON's. */
function toItem(profile: Profile, writeId: string): Item {
  const { preferences, ...rest } = profile;
  return {
    ...rest,
    preferences: preferences && JSON.stringify(preferences),
    emailKey: profile.email && emailKeyOf(profile.email),
    listing: LISTING,
    createdKey: createdKeyOf(profile),
    writeId,
  };
}

function toProfile(item: Item): Profile {
  const { emailKey: _email, listing: _listing, createdKey: _created, writeId: _write, preferences, ...rest } = item;
  return {
    ...rest,
    ...(typeof preferences === 'string' && { preferences: JSON.parse(preferences) }),
  } as Profile;
}
