import { CognitoIdentityProviderClient } from '@aws-sdk/client-cognito-identity-provider';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import type { Config } from '../config/config.js';
import { NoMetrics, type Metrics } from '../telemetry/metrics.js';
import { measureCalls } from './call-telemetry.js';
import { DependencyGate, type DependencyLimits } from './dependency-gate.js';
import { DependencyHandler } from './dependency-handler.js';
import { DirectDocumentClient } from './direct-document-client.js';
import { Retries } from './retries.js';

const CONNECT_MS = 500;
const BACKOFF_MS = 25;

/**
 * How much of a task each service may take. Three attempts at DynamoDB fit into its patience, and the patience into the budget of
 * a read; S3's leaves its routes time to answer within 2 s, but it may be silent while it puts parts together.
 */
export const DEPENDENCIES = {
  dynamodb: { name: 'dynamodb', attemptMs: 600, silenceMs: 1_000, patienceMs: 2_200, concurrent: 100, waiting: 200, waitMs: 250 },
  s3: { name: 's3', attemptMs: 700, silenceMs: 20_000, patienceMs: 1_500, concurrent: 50, waiting: 50, waitMs: 250 },
  secretsManager: { name: 'secrets-manager', attemptMs: 2_000, silenceMs: 2_000, patienceMs: 6_500, concurrent: 5, waiting: 5, waitMs: 250 },
  cognito: { name: 'cognito', attemptMs: 700, silenceMs: 2_000, patienceMs: 1_500, concurrent: 20, waiting: 20, waitMs: 250 },
} as const satisfies Record<string, DependencyLimits>;

/** `requestTimeout` alone only warns. Sockets outnumber calls: bodies are still read when a call has its answer's headers. */
function settings(config: Config, limits: DependencyLimits) {
  const agent = { keepAlive: true, maxSockets: 2 * limits.concurrent };
  const http = new NodeHttpHandler({
    connectionTimeout: Math.min(CONNECT_MS, limits.attemptMs),
    requestTimeout: limits.attemptMs,
    socketTimeout: limits.silenceMs,
    throwOnRequestTimeout: true,
    httpAgent: agent,
    httpsAgent: agent,
  });
  return { region: config.AWS_REGION, retryStrategy: new Retries(BACKOFF_MS), requestHandler: new DependencyHandler(http, new DependencyGate(limits)) };
}

/** The client with each of its calls measured. */
function measured<C extends object>(client: C & { config: { requestHandler: unknown } }, { name }: DependencyLimits, metrics: Metrics): C {
  measureCalls(client, name, (client.config.requestHandler as DependencyHandler).gate, metrics);
  return client;
}

export function dynamoDb(config: Config, metrics: Metrics = new NoMetrics(), limits: DependencyLimits = DEPENDENCIES.dynamodb): DynamoDBDocumentClient {
  const gate = new DependencyGate(limits);
  const connections = { connections: limits.concurrent, connectMs: Math.min(CONNECT_MS, limits.attemptMs), silenceMs: limits.silenceMs };
  const client = new DirectDocumentClient(new DynamoDBClient({ region: config.AWS_REGION }), gate, new Retries(BACKOFF_MS), connections);
  measureCalls(client, limits.name, gate, metrics);
  return client;
}

/** Checksums only where we ask for them: the default would sign the CRC32 of an empty body into every presigned PUT. */
export function s3(config: Config, metrics: Metrics = new NoMetrics(), limits: DependencyLimits = DEPENDENCIES.s3): S3Client {
  const client = new S3Client({
    ...settings(config, limits),
    forcePathStyle: (config.AWS_ENDPOINT_URL_S3 ?? config.AWS_ENDPOINT_URL) !== undefined,
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
  });
  return measured(client, limits, metrics);
}

export const secretsManager = (config: Config, metrics: Metrics = new NoMetrics()): SecretsManagerClient =>
  measured(new SecretsManagerClient(settings(config, DEPENDENCIES.secretsManager)), DEPENDENCIES.secretsManager, metrics);

export const cognito = (config: Config, metrics: Metrics = new NoMetrics()): CognitoIdentityProviderClient =>
  measured(new CognitoIdentityProviderClient(settings(config, DEPENDENCIES.cognito)), DEPENDENCIES.cognito, metrics);
