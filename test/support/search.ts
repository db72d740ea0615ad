import { DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb';
import { ListMultipartUploadsCommand, paginateListObjectsV2, S3Client } from '@aws-sdk/client-s3';
import { Redis } from 'iovalkey';
import type { Environment } from '../../local/names.js';

const TABLES = ['PROFILES_TABLE', 'DOCUMENTS_TABLE', 'SESSIONS_TABLE', 'IDEMPOTENCY_TABLE'];

/** Where a text occurs in everything that is kept: every item of every table, every key of the bucket, every entry of the cache. */
export async function search(environment: Environment, text: string): Promise<string[]> {
  const client = { region: environment['AWS_REGION'], credentials: credentialsOf(environment) };
  const db = new DynamoDBClient({ ...client, endpoint: environment['AWS_ENDPOINT_URL'] });
  const s3 = new S3Client({ ...client, endpoint: environment['AWS_ENDPOINT_URL_S3'], forcePathStyle: true });
  const found = [...(await inTables(db, environment, text)), ...(await inBucket(s3, environment, text)), ...(await inCache(environment, text))];
  db.destroy();
  s3.destroy();
  return found;
}

const credentialsOf = (environment: Environment) => ({
  accessKeyId: environment['AWS_ACCESS_KEY_ID'] ?? '',
  secretAccessKey: environment['AWS_SECRET_ACCESS_KEY'] ?? '',
});

async function inTables(db: DynamoDBClient, environment: Environment, text: string): Promise<string[]> {
  const found: string[] = [];
  for (const name of TABLES) {
    let ExclusiveStartKey: Record<string, any> | undefined;
    do {
      const page = await db.send(new ScanCommand({ TableName: environment[name], ExclusiveStartKey, ConsistentRead: true }));
      const hits = (page.Items ?? []).filter((item) => JSON.stringify(item).includes(text));
      found.push(...hits.map((item) => `${name} ${item['sk']?.S ?? ''}`.trim()));
      ExclusiveStartKey = page.LastEvaluatedKey;
    } while (ExclusiveStartKey);
  }
  return found;
}

async function inBucket(s3: S3Client, environment: Environment, text: string): Promise<string[]> {
  const Bucket = environment['DOCUMENTS_BUCKET'];
  const found: string[] = [];
  for await (const { Contents = [] } of paginateListObjectsV2({ client: s3 }, { Bucket })) found.push(...Contents.map(({ Key }) => `file ${Key}`));
  const { Uploads = [] } = await s3.send(new ListMultipartUploadsCommand({ Bucket }));
  found.push(...Uploads.map(({ Key }) => `unfinished ${Key}`));
  return found.filter((name) => name.includes(text));
}

async function inCache(environment: Environment, text: string): Promise<string[]> {
  if (!environment['CACHE_URL']) return [];
  const redis = new Redis(environment['CACHE_URL']);
  const found: string[] = [];
  for await (const keys of redis.scanStream({ count: 1_000 }) as AsyncIterable<string[]>) {
    for (const key of keys) {
      const value = (await redis.type(key)) === 'string' ? await redis.get(key) : JSON.stringify(await redis.dump(key));
      if (`${key} ${value}`.includes(text)) found.push(`cache ${key}`);
    }
  }
  redis.disconnect();
  return found;
}
