import type { CreateTableCommandInput } from '@aws-sdk/client-dynamodb';

type Table = Omit<CreateTableCommandInput, 'TableName' | 'BillingMode'> & { ttl?: string };

const text = (...names: string[]) => names.map((AttributeName) => ({ AttributeName, AttributeType: 'S' as const }));
const key = (hash: string, range?: string) => [
  { AttributeName: hash, KeyType: 'HASH' as const },
  ...(range ? [{ AttributeName: range, KeyType: 'RANGE' as const }] : []),
];
const keysOnly = { ProjectionType: 'KEYS_ONLY' as const };
/** Sparse and sharded: only what is due some day is in it. */
const due = { IndexName: 'due', KeySchema: key('dueShard', 'dueAt'), Projection: keysOnly };

/** The four tables by the variable that names each; infra/ declares the same. */
export const TABLES: Record<string, Table> = {
  PROFILES_TABLE: {
    AttributeDefinitions: text('userId', 'emailKey', 'listing', 'createdKey'),
    KeySchema: key('userId'),
    GlobalSecondaryIndexes: [
      { IndexName: 'byEmail', KeySchema: key('emailKey', 'userId'), Projection: keysOnly },
      { IndexName: 'byCreation', KeySchema: key('listing', 'createdKey'), Projection: keysOnly },
    ],
  },
  DOCUMENTS_TABLE: {
    AttributeDefinitions: text('pk', 'sk', 'liveId', 'dueShard', 'dueAt'),
    KeySchema: key('pk', 'sk'),
    LocalSecondaryIndexes: [{ IndexName: 'live', KeySchema: key('pk', 'liveId'), Projection: { ProjectionType: 'ALL' } }],
    GlobalSecondaryIndexes: [due],
  },
  SESSIONS_TABLE: {
    AttributeDefinitions: text('pk', 'sk', 'recentKey', 'dueShard', 'dueAt'),
    KeySchema: key('pk', 'sk'),
    LocalSecondaryIndexes: [{ IndexName: 'recent', KeySchema: key('pk', 'recentKey'), Projection: { ProjectionType: 'ALL' } }],
    GlobalSecondaryIndexes: [due],
    ttl: 'ttl',
  },
  IDEMPOTENCY_TABLE: { AttributeDefinitions: text('pk', 'sk'), KeySchema: key('pk', 'sk'), ttl: 'ttl' },
};
