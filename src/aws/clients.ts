import { CognitoIdentityProviderClient } from '@aws-sdk/client-cognito-identity-provider';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import type { Config } from '../config/config.js';

const CONNECT_MS = 500;

/**
 * One layer of retries (the SDK's, three attempts with full jitter and a retry quota), each attempt with a deadline that
 * rejects: `requestTimeout` alone only warns.
 */
const settings = (config: Config, requestMs: number, maxSockets: number) => ({
  region: config.AWS_REGION,
  maxAttempts: 3,
  retryMode: 'standard',
  requestHandler: new NodeHttpHandler({
    connectionTimeout: CONNECT_MS,
    requestTimeout: requestMs,
    throwOnRequestTimeout: true,
    socketAcquisitionWarningTimeout: requestMs,
    httpAgent: { keepAlive: true, maxSockets },
    httpsAgent: { keepAlive: true, maxSockets },
  }),
});

export const dynamoDb = (config: Config): DynamoDBDocumentClient =>
  DynamoDBDocumentClient.from(new DynamoDBClient(settings(config, 800, 100)), {
    marshallOptions: { removeUndefinedValues: true },
  });

/** Checksums only where we ask for them: the default would sign the CRC32 of an empty body into every presigned PUT. */
export const s3 = (config: Config): S3Client =>
  new S3Client({
    ...settings(config, 2_000, 100),
    forcePathStyle: (config.AWS_ENDPOINT_URL_S3 ?? config.AWS_ENDPOINT_URL) !== undefined,
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
  });

export const secretsManager = (config: Config): SecretsManagerClient => new SecretsManagerClient(settings(config, 2_000, 5));

export const cognito = (config: Config): CognitoIdentityProviderClient =>
  new CognitoIdentityProviderClient(settings(config, 2_000, 20));
