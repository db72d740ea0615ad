import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { readdir, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { AwsError, verifySignature, type Credentials } from '../sigv4.js';
import { getCors, listObjects, listUploads, putCors } from './bucket-operations.js';
import { Bucket } from './bucket.js';
import type { Call } from './call.js';
import { preflight, setCors } from './cors.js';
import { completeUpload } from './complete-upload.js';
import { getObject } from './get-object.js';
import { abortUpload, createUpload, listParts, uploadPart } from './multipart-operations.js';
import { copyObject, deleteObject, deleteObjects, putObject, tagging } from './object-operations.js';
import { refuse } from './refusal.js';

const BUCKET_NAME = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;

type Operation = (call: Call) => void | Promise<void>;

const unsupported: Operation = () => {
  throw new AwsError(501, 'NotImplemented', 'The embedded S3 does not offer this operation.');
};

/** Sub-resources that would otherwise be taken for the object or the bucket itself. */
const NOT_OFFERED = [
  'accelerate', 'acl', 'analytics', 'attributes', 'encryption', 'intelligent-tiering', 'inventory', 'legal-hold', 'lifecycle', 'location', 'logging',
  'metrics', 'notification', 'object-lock', 'ownershipControls', 'policy', 'policyStatus', 'publicAccessBlock', 'replication', 'requestPayment',
  'restore', 'retention', 'select', 'torrent', 'versionId', 'versioning', 'versions', 'website',
];

/** The operation that a method and the query's sub-resource name, for a bucket and for an object. */
function operationOf(method: string, query: URLSearchParams, key: string, headers: IncomingMessage['headers']): Operation {
  const has = (name: string) => query.has(name);
  if (NOT_OFFERED.some(has)) return unsupported;
  if (key === '') {
    if (has('cors')) return method === 'PUT' ? putCors : method === 'GET' ? getCors : unsupported;
    if (has('tagging')) return unsupported;
    if (has('uploads') && method === 'GET') return listUploads;
    if (has('delete') && method === 'POST') return deleteObjects;
    if (method === 'HEAD') return ({ response }) => void response.writeHead(200).end();
    return method === 'GET' ? listObjects : unsupported;
  }
  if (has('tagging')) return tagging;
  if (has('uploads')) return method === 'POST' ? createUpload : unsupported;
  if (has('uploadId')) {
    return { PUT: uploadPart, GET: listParts, DELETE: abortUpload, POST: completeUpload }[method] ?? unsupported;
  }
  if (method === 'PUT') return headers['x-amz-copy-source'] === undefined ? putObject : copyObject;
  return { GET: getObject, HEAD: getObject, DELETE: deleteObject }[method] ?? unsupported;
}

/**
 * Amazon S3's REST protocol over a folder: signatures, expiry, signed headers, checksums and conditions are enforced as S3
 * enforces them, so that a request that S3 would refuse is refused here.
 * Source: Amazon S3 API Reference (2006-03-01).
 */
export async function s3Server(dataDir: string, credentials: Credentials): Promise<Server> {
  const root = join(dataDir, 's3');
  await mkdir(root, { recursive: true });
  const buckets = new Map<string, Bucket>();
  for (const name of await readdir(root)) buckets.set(name, await Bucket.open(join(root, name)));

  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const url = new URL(request.url ?? '/', 'http://host');
    const { bucketName, key } = target(request, url);
    const bucket = buckets.get(bucketName);
    if (bucket) setCors(bucket.cors, request, response);
    if (request.method === 'OPTIONS') return preflight(bucket?.cors ?? [], request, response);
    const verified = verifySignature(request, 's3', credentials);
    if (bucketName === '') throw new AwsError(501, 'NotImplemented', 'The embedded S3 does not list buckets.');
    if (isCreateBucket(request, url, key)) {
      if (bucket) throw new AwsError(409, 'BucketAlreadyOwnedByYou', 'Your previous request to create the named bucket succeeded and you already own it.');
      if (!BUCKET_NAME.test(bucketName)) throw new AwsError(400, 'InvalidBucketName', 'The specified bucket is not valid.');
      buckets.set(bucketName, await Bucket.open(join(root, bucketName)));
      return void response.writeHead(200, { location: `/${bucketName}` }).end();
    }
    if (!bucket) throw new AwsError(404, 'NoSuchBucket', 'The specified bucket does not exist');
    if (Buffer.byteLength(key) > 1_024) throw new AwsError(400, 'KeyTooLongError', 'Your key is too long');
    const operation = operationOf(request.method ?? '', url.searchParams, key, request.headers);
    await operation({ request, response, query: url.searchParams, verified, bucket, bucketName, key });
  };

  const server = createServer((request, response) => {
    response.setHeader('x-amz-request-id', randomUUID());
    response.setHeader('server', 'stateless-local-s3');
    handle(request, response).catch((error: unknown) => refuse(request, response, error));
  });
  server.requestTimeout = 0;
  // Longer than clients keep idle connections: they should not meet one that is just closing.
  server.keepAliveTimeout = 75_000;
  return server;
}

const isCreateBucket = ({ method }: IncomingMessage, { searchParams }: URL, key: string): boolean =>
  method === 'PUT' && key === '' && [...searchParams.keys()].every((name) => name === 'x-id' || name.startsWith('X-Amz-'));

/** Path style (`/bucket/key`) and virtual-hosted style (`bucket.localhost/key`). */
function target(request: IncomingMessage, url: URL): { bucketName: string; key: string } {
  const [, hosted] = /^([a-z0-9.-]+)\.localhost(?::\d+)?$/.exec(request.headers.host ?? '') ?? [];
  const path = (request.url ?? '/').split('?', 1)[0] ?? '/';
  const [first = '', ...rest] = path.slice(1).split('/');
  const [bucket, key] = hosted ? [hosted, path.slice(1)] : [first, rest.join('/')];
  try {
    return { bucketName: decodeURIComponent(bucket), key: decodeURIComponent(key) };
  } catch {
    throw new AwsError(400, 'InvalidURI', `Couldn't parse the specified URI ${url.pathname}.`);
  }
}
