import { randomBytes } from 'node:crypto';
import {
  CreateTableCommand,
  DynamoDBClient,
  ResourceInUseException,
  UpdateTimeToLiveCommand,
  waitUntilTableExists,
} from '@aws-sdk/client-dynamodb';
import { BucketAlreadyExists, BucketAlreadyOwnedByYou, CreateBucketCommand, PutBucketCorsCommand, S3Client } from '@aws-sdk/client-s3';
import { CreateSecretCommand, ResourceExistsException, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { Environment } from './names.js';
import { TABLES } from './tables.js';

const EXPOSED = ['ETag', 'x-amz-checksum-sha256', 'x-amz-checksum-crc32', 'x-amz-request-id'];

/** Carries out a step that may have been carried out before. */
async function once(step: Promise<unknown>, ...already: (new (...args: never[]) => Error)[]): Promise<void> {
  await step.catch((error: unknown) => {
    if (!already.some((kind) => error instanceof kind)) throw error;
  });
}

/** Makes tables, bucket and secret where they are missing: the same code for the embedded cloud and LocalStack. */
export async function seed(environment: Environment): Promise<void> {
  const client = { region: environment['AWS_REGION'], credentials: credentialsOf(environment) };
  const endpoint = (service: string) => environment[`AWS_ENDPOINT_URL_${service}`] ?? environment['AWS_ENDPOINT_URL'];
  await Promise.all([
    seedTables(new DynamoDBClient({ ...client, endpoint: endpoint('DYNAMODB') }), environment),
    seedBucket(new S3Client({ ...client, endpoint: endpoint('S3'), forcePathStyle: true }), environment),
    seedSecret(new SecretsManagerClient({ ...client, endpoint: endpoint('SECRETS_MANAGER') }), environment),
  ]);
}

const credentialsOf = (environment: Environment) => ({
  accessKeyId: environment['AWS_ACCESS_KEY_ID'] ?? '',
  secretAccessKey: environment['AWS_SECRET_ACCESS_KEY'] ?? '',
});

async function seedTables(db: DynamoDBClient, environment: Environment): Promise<void> {
  for (const [variable, { ttl, ...definition }] of Object.entries(TABLES)) {
    const TableName = environment[variable];
    await once(db.send(new CreateTableCommand({ TableName, BillingMode: 'PAY_PER_REQUEST', ...definition })), ResourceInUseException);
    await waitUntilTableExists({ client: db, maxWaitTime: 20, minDelay: 1 }, { TableName });
    if (!ttl) continue;
    const TimeToLiveSpecification = { AttributeName: ttl, Enabled: true };
    // Enabling it twice is an error that says so.
    await db.send(new UpdateTimeToLiveCommand({ TableName, TimeToLiveSpecification })).catch((error: Error) => {
      if (error.name !== 'ValidationException') throw error;
    });
  }
}

async function seedBucket(s3: S3Client, environment: Environment): Promise<void> {
  const Bucket = environment['DOCUMENTS_BUCKET'];
  await once(s3.send(new CreateBucketCommand({ Bucket })), BucketAlreadyOwnedByYou, BucketAlreadyExists);
  const rule = {
    AllowedOrigins: (environment['CORS_ORIGINS'] ?? '').split(',').filter(Boolean),
    AllowedMethods: ['GET', 'HEAD', 'PUT', 'POST', 'DELETE'],
    AllowedHeaders: ['*'],
    ExposeHeaders: EXPOSED,
    MaxAgeSeconds: 3_000,
  };
  await s3.send(new PutBucketCorsCommand({ Bucket, CORSConfiguration: { CORSRules: [rule] } }));
}

async function seedSecret(secrets: SecretsManagerClient, environment: Environment): Promise<void> {
  const secret = { signingKeys: { current: randomBytes(32).toString('base64') }, cache: {} };
  const command = new CreateSecretCommand({ Name: environment['APP_SECRET_ID'], SecretString: JSON.stringify(secret) });
  await once(secrets.send(command), ResourceExistsException);
}
